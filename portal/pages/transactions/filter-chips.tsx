import { Button } from "../../design/button.tsx";
import { Chip } from "../../design/chip.tsx";
import { useFormats } from "../../language/language.tsx";
import type { Dimension } from "./dimensions.ts";
import { usePeriodLabel } from "./period-picker.tsx";
import { EXACT_KEYS, NONE, type Search } from "./transaction-search.ts";
import { useTransactionWords } from "./words.ts";

type FilterChipsProps = {
  readonly dimensions: readonly Dimension[];
  readonly search: Search;
  readonly onChange: (next: Partial<Search>) => void;
};

type Condition = { readonly name: string; readonly value: string; readonly without: Partial<Search> };

/** All that narrows the list at present, each to be taken away by itself. */
export function FilterChips({ dimensions, search, onChange }: FilterChipsProps) {
  const t = useTransactionWords();
  const { list, weekday } = useFormats();
  const period = usePeriodLabel(search);
  const amount = search.min || search.max ? `${search.min ?? "…"} – ${search.max ?? "…"}` : undefined;
  const chosen = (name: string, values: readonly string[], without: Partial<Search>) =>
    values.length > 0 ? [{ name, value: list(values), without }] : [];
  const conditions: readonly Condition[] = [
    ...(period
      ? [{ name: t.filters.period, value: period, without: { period: undefined, from: undefined, to: undefined } }]
      : []),
    ...dimensions
      .filter(({ chosen }) => chosen.length > 0)
      .map(({ name, options, chosen, choose }) => ({
        name,
        value: list(chosen.map((value) => options.find((option) => option.value === value)?.label ?? value)),
        without: choose([]),
      })),
    ...chosen(
      t.filters.weekday,
      search.weekday.map((each) => weekday(Number(each))),
      { weekday: [] },
    ),
    ...chosen(
      t.filters.hour,
      search.hour.map((each) => `${each.padStart(2, "0")}:00`),
      { hour: [] },
    ),
    ...chosen(
      t.filters.reason,
      search.reason.map((each) => (each === NONE ? t.noReason : each)),
      { reason: [] },
    ),
    ...(amount ? [{ name: t.filters.amount, value: amount, without: { min: undefined, max: undefined } }] : []),
    ...EXACT_KEYS.flatMap((key) => {
      const value = search[key];
      return value ? [{ name: t.filters[key], value, without: { [key]: undefined } }] : [];
    }),
    ...(search.q ? [{ name: t.filters.q, value: search.q, without: { q: undefined } }] : []),
  ];
  if (conditions.length === 0) return null;
  return (
    <ul className="transactions__chips">
      {conditions.map(({ name, value, without }) => (
        <li key={name}>
          <Chip name={name} value={value} removal={t.removeFilter(name)} onRemove={() => onChange(without)} />
        </li>
      ))}
      {conditions.length > 1 && (
        <li>
          <Button look="quiet" onClick={() => onChange(Object.assign({}, ...conditions.map(({ without }) => without)))}>
            {t.clearFilters}
          </Button>
        </li>
      )}
    </ul>
  );
}
