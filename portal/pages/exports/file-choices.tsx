import { Button } from "../../design/button.tsx";
import { SelectField } from "../../design/field.tsx";
import { useMay } from "../../graph/viewer.tsx";
import { useStrings } from "../../language/language.tsx";
import { LANGUAGE_NAMES, LANGUAGES } from "../../language/languages.ts";
import { exportsStrings } from "./exports-strings.ts";
import { COLUMNS, type Column, FORMATS, type Format, LOCALES, type Locale, SETTLEMENT, USUAL } from "./file-shape.ts";

/** How a file is written. */
export type FileShape = {
  readonly format: Format;
  readonly locale: Locale;
  readonly columns: readonly Column[];
};

type FileChoicesProps = {
  readonly shape: FileShape;
  readonly onChange: (next: FileShape) => void;
  /** A journal's columns are fixed. */
  readonly hasColumns: boolean;
};

export function FileChoices({ shape, onChange, hasColumns }: FileChoicesProps) {
  const t = useStrings(exportsStrings);
  const seesSettlements = useMay("SETTLEMENTS", "VIEW");
  const open = COLUMNS.filter((column) => seesSettlements || !SETTLEMENT.includes(column));
  const choose = (columns: readonly Column[]) =>
    onChange({ ...shape, columns: open.filter((each) => columns.includes(each)) });
  return (
    <>
      <div className="exports__pair">
        <SelectField
          label={t.format}
          value={shape.format}
          onChange={({ target: { value } }) =>
            onChange({ ...shape, format: FORMATS.find((each) => each === value) ?? "CSV" })
          }
        >
          {FORMATS.map((each) => (
            <option key={each} value={each}>
              {t.formats[each]}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t.locale}
          value={shape.locale}
          onChange={({ target: { value } }) =>
            onChange({ ...shape, locale: LOCALES.find((each) => each === value) ?? "EN" })
          }
        >
          {LANGUAGES.map((each) => (
            <option key={each} value={each.toUpperCase()}>
              {LANGUAGE_NAMES[each]}
            </option>
          ))}
        </SelectField>
      </div>
      {hasColumns && (
        <details className="exports__columns">
          <summary>{t.chosen(shape.columns.length)}</summary>
          <div className="exports__bar">
            <Button look="quiet" onClick={() => choose(USUAL)}>
              {t.usual}
            </Button>
            <Button look="quiet" onClick={() => choose(open)}>
              {t.allColumns}
            </Button>
          </div>
          <div className="exports__ticks">
            {open.map((column) => (
              <label key={column} className="check">
                <input
                  type="checkbox"
                  checked={shape.columns.includes(column)}
                  onChange={({ target: { checked } }) =>
                    choose(checked ? [...shape.columns, column] : shape.columns.filter((each) => each !== column))
                  }
                />
                {t.columnNames[column]}
              </label>
            ))}
          </div>
        </details>
      )}
    </>
  );
}
