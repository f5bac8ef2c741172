import { useEffect, useRef } from "react";
import { useSearch } from "../../app/search-params.ts";
import { SelectField } from "../../design/field.tsx";
import { discrepancyStrings } from "../../domain/discrepancies/discrepancy-strings.ts";
import {
  DiscrepancyFiguresDocument,
  type DiscrepancyFilter,
} from "../../generated/pages/reconciliation/discrepancies.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { RECONCILIATION_SEARCH, SEVERITIES } from "./reconciliation-search.ts";
import { reconciliationStrings } from "./reconciliation-strings.ts";
import { typeName } from "./type-name.ts";

type WorkFiltersProps = {
  readonly filter: DiscrepancyFilter;
  /** Figures are asked for again whenever the rows are others. */
  readonly round: unknown;
};

const SHOWN = ["SNOOZED", "RESOLVED", "PROPOSED"] as const;

export function WorkFilters({ filter, round }: WorkFiltersProps) {
  const t = useStrings(reconciliationStrings);
  const kinds = useStrings(discrepancyStrings);
  const { money, number } = useFormats();
  const [search, change] = useSearch(RECONCILIATION_SEARCH);
  const { types: _, ...others } = filter;
  const { data, reload } = useGraph(DiscrepancyFiguresDocument, { filter });
  const all = useGraph(DiscrepancyFiguresDocument, { filter: others });
  const ask = useRef(reload);
  ask.current = reload;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows, other figures
  useEffect(() => ask.current(), [round]);
  const counts = new Map<string, bigint>();
  for (const { type, count } of all.data?.discrepancies?.countsByType ?? [])
    counts.set(type, (counts.get(type) ?? 0n) + BigInt(count));
  const figures = data?.discrepancies;
  return (
    <>
      <p className="work__totals">
        {figures && (
          <>
            <strong>{t.count(Number(figures.totalCount))}</strong>
            <span>{figures.totals.map((total) => money(total)).join(" + ")}</span>
          </>
        )}
      </p>
      <div className="reconciliation__filters">
        <SelectField
          label={t.type}
          value={search.type ?? ""}
          onChange={({ target: { value } }) => change({ type: value, open: undefined })}
        >
          <option value="">{t.all}</option>
          {[...new Set([...counts.keys(), ...(search.type ? [search.type] : [])])].sort().map((type) => (
            <option key={type} value={type}>
              {`${typeName(type, kinds.names)} (${number(counts.get(type) ?? 0n)})`}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t.severity}
          value={search.severity ?? ""}
          onChange={({ target: { value } }) => change({ severity: SEVERITIES.find((each) => each === value) })}
        >
          <option value="">{t.all}</option>
          {SEVERITIES.map((each) => (
            <option key={each} value={each}>
              {kinds.severities[each]}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t.shown}
          value={search.show ?? ""}
          onChange={({ target: { value } }) => change({ show: SHOWN.find((each) => each === value) })}
        >
          <option value="">{t.toDo}</option>
          {SHOWN.map((each) => (
            <option key={each} value={each}>
              {t.show[each]}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t.sort}
          value={search.sort ?? ""}
          onChange={({ target: { value } }) => change({ sort: value === "AGE" ? "AGE" : undefined })}
        >
          <option value="">{t.mostMoney}</option>
          <option value="AGE">{t.oldest}</option>
        </SelectField>
      </div>
    </>
  );
}
