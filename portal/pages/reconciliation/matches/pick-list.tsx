import type { ReactNode } from "react";
import { Paged } from "../../../app/paged.tsx";
import type { Pages } from "../../../graph/use-pages.ts";
import { useStrings } from "../../../language/language.tsx";
import { matchesStrings } from "./matches-strings.ts";
import type { Pick } from "./subject.ts";

type PickListProps<Row> = {
  readonly pages: Pages<Row>;
  readonly pickOf: (row: Row) => Pick;
  readonly fitting: readonly Pick[];
  readonly picks: readonly Pick[];
  readonly onPick: (picks: readonly Pick[]) => void;
  /** What it is searched by. */
  readonly children: ReactNode;
};

/** What the discrepancy names already, then what is found; any number of them is ticked. */
export function PickList<Row>({ pages, pickOf, fitting, picks, onPick, children }: PickListProps<Row>) {
  const t = useStrings(matchesStrings);
  const items = (rows: readonly Pick[]) =>
    rows.map((each) => (
      <PickItem
        key={each.id}
        pick={each}
        isPicked={picks.some(({ id }) => id === each.id)}
        onChange={(is) => onPick([...picks.filter(({ id }) => id !== each.id), ...(is ? [each] : [])])}
      />
    ));
  return (
    <fieldset className="picker">
      <legend className="field__label">{t.counterpart}</legend>
      {fitting.length > 0 && <ul className="picker__list">{items(fitting)}</ul>}
      {children}
      <Paged pages={pages} empty={<p className="soft">{t.nothingFound}</p>}>
        {(rows) => {
          const others = rows.map(pickOf).filter(({ id }) => fitting.every((each) => each.id !== id));
          return (
            <ul className="picker__list" aria-label={t.found} aria-busy={pages.fetching}>
              {items(others)}
            </ul>
          );
        }}
      </Paged>
    </fieldset>
  );
}

type PickItemProps = {
  readonly pick: Pick;
  readonly isPicked: boolean;
  readonly onChange: (is: boolean) => void;
};

function PickItem({ pick: { id, side }, isPicked, onChange }: PickItemProps) {
  const { amount, time, kind, method, reference, terminal } = side.facts;
  const rest = [kind, method, reference, terminal].flatMap((each) => (each ? [each.shown] : []));
  return (
    <li>
      <label className="picker__item" htmlFor={`pick-${id}`}>
        <input
          id={`pick-${id}`}
          type="checkbox"
          checked={isPicked}
          onChange={({ target: { checked } }) => onChange(checked)}
        />
        <strong className="number">{amount?.shown}</strong>
        <span>{time?.shown}</span>
        <span className="soft">{rest.join(" · ")}</span>
      </label>
    </li>
  );
}
