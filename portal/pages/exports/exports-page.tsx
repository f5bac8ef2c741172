import { useSearch } from "../../app/search-params.ts";
import { Button } from "../../design/button.tsx";
import { useStrings } from "../../language/language.tsx";
import { ExportList } from "./export-list.tsx";
import { EXPORTS_SEARCH } from "./exports-search.ts";
import { exportsStrings } from "./exports-strings.ts";
import { ReportList } from "./report-list.tsx";
import "../transactions/transactions.css";
import "./exports.css";

/** Files of transactions and bookings: those that were ordered, and those that make themselves. */
export function Content() {
  const t = useStrings(exportsStrings);
  const [{ view }, change] = useSearch(EXPORTS_SEARCH);
  return (
    <div className="exports">
      <fieldset className="exports__bar" aria-label={t.views}>
        <Button aria-pressed={view === undefined} onClick={() => change({ view: undefined })}>
          {t.exports}
        </Button>
        <Button aria-pressed={view === "reports"} onClick={() => change({ view: "reports", order: undefined })}>
          {t.reports}
        </Button>
      </fieldset>
      {view === "reports" ? <ReportList /> : <ExportList />}
    </div>
  );
}
