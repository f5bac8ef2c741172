import { useSearch } from "../../app/search-params.ts";
import { useViewer } from "../../graph/viewer.tsx";
import { useStrings, useZone } from "../../language/language.tsx";
import { dimensionsOf } from "../transactions/dimensions.ts";
import { FilterChips } from "../transactions/filter-chips.tsx";
import { PastBanner } from "../transactions/past-banner.tsx";
import { PeriodPicker } from "../transactions/period-picker.tsx";
import { EXACT_KEYS, NONE, pastOf } from "../transactions/transaction-search.ts";
import { useTransactionWords } from "../transactions/words.ts";
import { EXPORTS_SEARCH } from "./exports-search.ts";
import { exportsStrings } from "./exports-strings.ts";

/** Which transactions: the filter of the list one came from, each part of it to be taken away. */
export function FilterChoice({ hasPeriod }: { readonly hasPeriod: boolean }) {
  const t = useStrings(exportsStrings);
  const words = useTransactionWords();
  const [search, change] = useSearch(EXPORTS_SEARCH);
  const asOf = pastOf(search, useZone());
  const locations = (useViewer().merchants ?? []).flatMap((merchant) => merchant.locations ?? []);
  const dimensions = dimensionsOf(search, words, {
    providers: [],
    terminals: new Map(),
    locations: [
      ...locations.map(({ id, name }) => ({ value: id, label: name ?? id })),
      { value: NONE, label: words.noLocation },
    ],
  });
  const shown = hasPeriod ? search : { ...search, period: undefined, from: undefined, to: undefined };
  const isAll = dimensions.every(({ chosen }) => chosen.length === 0) && !OTHERS.some((key) => shown[key]?.length);
  return (
    <fieldset className="exports__filter">
      <legend className="field__label">{t.which}</legend>
      {hasPeriod && asOf !== null && (
        <PastBanner asOf={asOf} onBack={() => change({ at: undefined }, { replace: true })} />
      )}
      {hasPeriod && <PeriodPicker search={search} onChange={(next) => change(next, { replace: true })} />}
      <FilterChips dimensions={dimensions} search={shown} onChange={(next) => change(next, { replace: true })} />
      {isAll && !hasPeriod && <p>{t.allOfThem}</p>}
    </fieldset>
  );
}

/** What narrows a list without being one of its dimensions. */
const OTHERS = [...EXACT_KEYS, "weekday", "hour", "reason", "min", "max", "q"] as const;
