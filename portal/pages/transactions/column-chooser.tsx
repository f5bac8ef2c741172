import { Button } from "../../design/button.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Popover } from "../../design/popover.tsx";
import { COLUMNS, type ColumnId } from "./columns.tsx";
import { useTransactionWords } from "./words.ts";

type ColumnChooserProps = {
  readonly shown: readonly ColumnId[];
  /** None brings the usual ones back. */
  readonly onChange: (columns: readonly ColumnId[]) => void;
};

export function ColumnChooser({ shown, onChange }: ColumnChooserProps) {
  const t = useTransactionWords();
  return (
    <Popover label={t.chooseColumns} icon={ICONS.columns}>
      {() => (
        <>
          {COLUMNS.map(({ id }) => (
            <label key={id} className="check">
              <input
                type="checkbox"
                checked={shown.includes(id)}
                disabled={id === "time"}
                onChange={({ target: { checked } }) =>
                  onChange(checked ? [...shown, id] : shown.filter((each) => each !== id))
                }
              />
              {t.columns[id]}
            </label>
          ))}
          <Button look="quiet" onClick={() => onChange([])}>
            {t.usualColumns}
          </Button>
        </>
      )}
    </Popover>
  );
}
