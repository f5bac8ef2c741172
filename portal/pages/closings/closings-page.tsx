import { useSearch } from "../../app/search-params.ts";
import { ClosingList } from "./closing-list.tsx";
import { ClosingPanel } from "./closing-panel.tsx";
import { CLOSINGS_SEARCH } from "./closings-search.ts";
import "../transactions/transactions.css";
import "./closings.css";

/** Days, shifts and periods that were closed for ever, and the way to close one more. */
export function Content() {
  const [{ closing }] = useSearch(CLOSINGS_SEARCH);
  return (
    <div className="closings">
      {closing === undefined ? <ClosingList /> : <ClosingPanel key={closing} id={closing} />}
    </div>
  );
}
