import { useState } from "react";
import { Button } from "../../design/button.tsx";
import { TextField } from "../../design/field.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Popover } from "../../design/popover.tsx";
import type { TransactionFilter } from "../../generated/pages/transactions/transactions.ts";
import { minorOf } from "../../language/decimals.ts";
import { useFormats } from "../../language/language.tsx";
import type { Dimension } from "./dimensions.ts";
import { useFacetCounts } from "./facet-counts.ts";
import { EXACT_KEYS, type Search } from "./transaction-search.ts";
import { useTransactionWords } from "./words.ts";

type FilterPickerProps = {
  readonly dimensions: readonly Dimension[];
  readonly search: Search;
  /** What the list is asked for at present. */
  readonly filter: TransactionFilter;
  /** The moment that choices are counted at; null for now. */
  readonly asOf: string | null;
  readonly onChange: (next: Partial<Search>) => void;
};

/** Everything the list can be narrowed by, with how much each choice would find. */
export function FilterPicker(props: FilterPickerProps) {
  const t = useTransactionWords();
  return (
    <Popover label={t.addFilter} icon={ICONS.filter}>
      {() => <Choices {...props} />}
    </Popover>
  );
}

/** Counted when they are looked at. */
function Choices({ dimensions, search, filter, asOf, onChange }: FilterPickerProps) {
  const t = useTransactionWords();
  const { number } = useFormats();
  const { countOf, optionsOf } = useFacetCounts(filter, asOf);
  return (
    <div className="transactions__filters">
      {dimensions.map((dimension) => (
        <details key={dimension.key} open={dimension.chosen.length > 0 || dimension.key === "status"}>
          <summary>{dimension.name}</summary>
          {optionsOf(dimension).map((option) => (
            <label key={option.value} className="check">
              <input
                type="checkbox"
                checked={dimension.chosen.includes(option.value)}
                onChange={({ target: { checked } }) => {
                  const others = dimension.chosen.filter((each) => each !== option.value);
                  onChange(dimension.choose(checked ? [...others, option.value] : others));
                }}
              />
              {option.label}
              <Count count={countOf(dimension, option.value)} write={number} />
            </label>
          ))}
        </details>
      ))}
      <details open={Boolean(search.min || search.max)}>
        <summary>{t.filters.amount}</summary>
        <AmountRange search={search} onChange={onChange} />
      </details>
      <details open={EXACT_KEYS.some((key) => search[key])}>
        <summary>{t.exactly}</summary>
        <ExactFields search={search} onChange={onChange} />
      </details>
    </div>
  );
}

function Count({ count, write }: { readonly count: bigint | undefined; readonly write: (count: bigint) => string }) {
  return count === undefined ? null : <span className="check__count">{write(count)}</span>;
}

function AmountRange({ search, onChange }: Pick<FilterPickerProps, "search" | "onChange">) {
  const t = useTransactionWords();
  const [min, setMin] = useState(search.min ?? "");
  const [max, setMax] = useState(search.max ?? "");
  const isWrong = [min, max].some((each) => each !== "" && minorOf(each, search.currency ?? "EUR") === undefined);
  return (
    <form
      className="transactions__range"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) onChange({ min: min || undefined, max: max || undefined });
      }}
    >
      <TextField label={t.atLeast} inputMode="decimal" value={min} onChange={(event) => setMin(event.target.value)} />
      <TextField
        label={t.atMost}
        inputMode="decimal"
        value={max}
        problem={isWrong ? t.noAmount : undefined}
        onChange={(event) => setMax(event.target.value)}
      />
      <Button type="submit" disabled={isWrong}>
        {t.apply}
      </Button>
    </form>
  );
}

function ExactFields({ search, onChange }: Pick<FilterPickerProps, "search" | "onChange">) {
  const t = useTransactionWords();
  return (
    <form
      className="transactions__range"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = new FormData(event.currentTarget);
        const textOf = (key: string) => String(typed.get(key) ?? "").trim() || undefined;
        onChange(Object.fromEntries(EXACT_KEYS.map((key) => [key, textOf(key)])));
      }}
    >
      {EXACT_KEYS.map((key) => (
        <TextField key={key} name={key} label={t.filters[key]} maxLength={100} defaultValue={search[key] ?? ""} />
      ))}
      <Button type="submit">{t.apply}</Button>
    </form>
  );
}
