import { useSearch } from "../../app/search-params.ts";
import { Button } from "../../design/button.tsx";
import { useStrings } from "../../language/language.tsx";
import { MatchesView } from "./matches/matches-view.tsx";
import { RejectedView } from "./matches/rejected-view.tsx";
import { QualityView } from "./quality-view.tsx";
import { RECONCILIATION_SEARCH, VIEWS } from "./reconciliation-search.ts";
import { reconciliationStrings } from "./reconciliation-strings.ts";
import { RunsView } from "./runs-view.tsx";
import { RulesView } from "./trials/rules-view.tsx";
import { WorkList } from "./work-list.tsx";
import "./reconciliation.css";
import "./evidence/comparison.css";
import "./matches/matches.css";
import "./schedules/schedules.css";
import "./trials/trials.css";

/** What does not add up, for people to clear; the runs that find it; and how good they are. */
export function Content() {
  const t = useStrings(reconciliationStrings);
  const [{ view }, change] = useSearch(RECONCILIATION_SEARCH);
  return (
    <div className="reconciliation">
      <fieldset className="reconciliation__bar" aria-label={t.views}>
        {VIEWS.map((each) => (
          <Button
            key={each}
            aria-pressed={(view ?? "work") === each}
            onClick={() => change({ view: each === "work" ? undefined : each, open: undefined })}
          >
            {t.viewNames[each]}
          </Button>
        ))}
      </fieldset>
      {view === undefined && <WorkList />}
      {view === "matches" && <MatchesView />}
      {view === "rejected" && <RejectedView />}
      {view === "runs" && <RunsView />}
      {view === "rules" && <RulesView />}
      {view === "quality" && <QualityView />}
    </div>
  );
}
