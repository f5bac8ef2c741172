import { TextField } from "../../../design/field.tsx";
import { useStrings } from "../../../language/language.tsx";
import { matchesStrings } from "./matches-strings.ts";

/** What a counterpart is looked for by, as a person types it. */
export type Sought = {
  readonly search: string;
  /** Of the subject's currency; any where it is empty. */
  readonly amount: string;
  readonly from: string;
  readonly to: string;
};

type PickSearchProps = {
  readonly sought: Sought;
  readonly onChange: (sought: Sought) => void;
};

export function PickSearch({ sought, onChange }: PickSearchProps) {
  const t = useStrings(matchesStrings);
  const field = (name: keyof Sought) => ({
    value: sought[name],
    onChange: ({ target: { value } }: { readonly target: { readonly value: string } }) =>
      onChange({ ...sought, [name]: value }),
    // It is looked for while it is typed, and Enter is no wish to match.
    onKeyDown: (event: { readonly key: string; readonly preventDefault: () => void }) =>
      event.key === "Enter" && event.preventDefault(),
  });
  return (
    <div className="filters">
      <TextField label={t.search} type="search" maxLength={100} {...field("search")} />
      <TextField label={t.amount} inputMode="decimal" {...field("amount")} />
      <TextField label={t.from} type="date" {...field("from")} />
      <TextField label={t.to} type="date" {...field("to")} />
    </div>
  );
}
