import { MerchantField } from "../../accounts/merchant-field.tsx";
import { oneOf, text, useSearch } from "../../app/search-params.ts";
import { Button } from "../../design/button.tsx";
import { useMerchantsWith } from "../../graph/viewer.tsx";
import { useStrings } from "../../language/language.tsx";
import { GroupsView } from "./groups-view.tsx";
import { MachinesView } from "./machines-view.tsx";
import { PeopleView } from "./people-view.tsx";
import { usersStrings } from "./users-strings.ts";
import "./users.css";

const VIEWS = ["groups", "machines"] as const;
const USERS_SEARCH = { view: oneOf(VIEWS), merchant: text };

/** Who belongs to a merchant, what each may see and do, and which machines send for it. */
export function Content() {
  const t = useStrings(usersStrings);
  const [search, change] = useSearch(USERS_SEARCH);
  const merchants = useMerchantsWith("USERS", "MANAGE");
  const chosen = merchants.find(({ id }) => id === search.merchant) ?? merchants[0];
  if (!chosen) return null;
  return (
    <div className="page">
      <fieldset className="bar" aria-label={t.views}>
        <Button aria-pressed={search.view === undefined} onClick={() => change({ view: undefined })}>
          {t.people}
        </Button>
        {VIEWS.map((view) => (
          <Button key={view} aria-pressed={search.view === view} onClick={() => change({ view })}>
            {t[view]}
          </Button>
        ))}
      </fieldset>
      {merchants.length > 1 && (
        <div className="filters">
          <MerchantField merchants={merchants} merchantId={chosen.id} onChange={(merchant) => change({ merchant })} />
        </div>
      )}
      {search.view === undefined && <PeopleView key={chosen.id} merchantId={chosen.id} />}
      {search.view === "groups" && <GroupsView key={chosen.id} merchantId={chosen.id} />}
      {search.view === "machines" && <MachinesView key={chosen.id} merchantId={chosen.id} />}
    </div>
  );
}
