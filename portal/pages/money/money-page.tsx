import { useSearch } from "../../app/search-params.ts";
import { Button } from "../../design/button.tsx";
import { useStrings } from "../../language/language.tsx";
import { BatchList } from "./batch-list.tsx";
import { MONEY_SEARCH } from "./money-search.ts";
import { moneyStrings } from "./money-strings.ts";
import { PayoutList } from "./payout-list.tsx";
import { PayoutPanel } from "./payout-panel.tsx";
import "./money.css";
import "./waterfall.css";

/** What providers paid, what it is made of, and whether it reached the bank. */
export function Content() {
  const t = useStrings(moneyStrings);
  const [search, change] = useSearch(MONEY_SEARCH);
  if (search.payout !== undefined) return <PayoutPanel key={search.payout} />;
  return (
    <div className="money">
      <fieldset className="money__views" aria-label={t.views}>
        <Button aria-pressed={search.view === undefined} onClick={() => change({ view: undefined })}>
          {t.payouts}
        </Button>
        <Button aria-pressed={search.view === "batches"} onClick={() => change({ view: "batches", status: undefined })}>
          {t.batches}
        </Button>
      </fieldset>
      {search.view === "batches" ? <BatchList /> : <PayoutList />}
    </div>
  );
}
