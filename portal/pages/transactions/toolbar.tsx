import { type RefObject, useEffect, useState } from "react";
import { Link } from "../../app/link.tsx";
import { IconButton } from "../../design/button.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import type { TransactionFilter } from "../../generated/pages/transactions/transactions.ts";
import { useMay } from "../../graph/viewer.tsx";
import { linkToExport } from "../exports/exports-search.ts";
import { ColumnChooser } from "./column-chooser.tsx";
import type { ColumnId } from "./columns.tsx";
import type { Dimension } from "./dimensions.ts";
import { FilterPicker } from "./filter-picker.tsx";
import { PastPicker } from "./past-picker.tsx";
import { PeriodPicker } from "./period-picker.tsx";
import { SavedViews } from "./saved-views.tsx";
import type { Search } from "./transaction-search.ts";
import { useTransactionWords } from "./words.ts";

type ToolbarProps = {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly dimensions: readonly Dimension[];
  readonly search: Search;
  readonly filter: TransactionFilter;
  /** The moment whose list it is; null for now. */
  readonly asOf: string | null;
  readonly shown: readonly ColumnId[];
  readonly isPaused: boolean;
  readonly onPause: (isPaused: boolean) => void;
  readonly onChange: (next: Partial<Search>) => void;
};

export function Toolbar(props: ToolbarProps) {
  const { field, dimensions, search, filter, asOf, shown, isPaused, onPause, onChange } = props;
  const t = useTransactionWords();
  const mayExport = useMay("EXPORTS", "EXPORT");
  return (
    <div className="transactions__toolbar">
      <SearchField field={field} value={search.q ?? ""} onSearch={(q) => onChange({ q: q || undefined })} />
      <SavedViews search={search} filter={filter} onChange={onChange} />
      <PeriodPicker search={search} onChange={onChange} />
      <PastPicker at={search.at} onChange={onChange} />
      <FilterPicker dimensions={dimensions} search={search} filter={filter} asOf={asOf} onChange={onChange} />
      <ColumnChooser shown={shown} onChange={(columns) => onChange({ columns })} />
      {mayExport && (
        <Link className="button button--plain" href={linkToExport(search)}>
          <Icon path={ICONS.download} />
          {t.export}
        </Link>
      )}
      {asOf === null && (
        <IconButton
          look={isPaused ? "primary" : "plain"}
          icon={isPaused ? ICONS.play : ICONS.pause}
          label={isPaused ? t.goOn : t.pause}
          onClick={() => onPause(!isPaused)}
        />
      )}
    </div>
  );
}

const PAUSE_MS = 300;

type SearchFieldProps = {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly value: string;
  readonly onSearch: (text: string) => void;
};

/** Searches when the person stops typing. */
function SearchField({ field, value, onSearch }: SearchFieldProps) {
  const t = useTransactionWords();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed begins a search
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onSearch(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <div className="transactions__search">
      <Icon path={ICONS.search} />
      <input
        ref={field}
        type="search"
        className="input"
        maxLength={100}
        aria-label={t.search}
        placeholder={t.search}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && field.current?.blur()}
      />
    </div>
  );
}
