import type { FileFullFragment } from "../../generated/pages/files/files.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { filesStrings } from "./files-strings.ts";

/** What the file has that its format did not, as one reads a change of a text: what is new, and what stands elsewhere. */
export function FormatChanges({ file: { drift, movedColumns } }: { readonly file: FileFullFragment }) {
  const t = useStrings(filesStrings);
  const { number } = useFormats();
  if (drift.length + movedColumns.length === 0) return null;
  return (
    <section className="section" aria-label={t.drift}>
      <h2>{t.drift}</h2>
      {drift.length > 0 && (
        <ul className="panel">
          {drift.map(({ kind, name, value, count, firstLine }) => (
            <li key={`${kind} ${name} ${value}`} className="files__change files__change--new">
              <span className="files__sign" aria-hidden="true">
                +
              </span>
              <span className="files__what">{t.driftKinds[kind]}</span>
              <code>
                {name}
                {value !== null && ` = ${value}`}
              </code>
              <span className="soft">
                {kind === "UNKNOWN_COLUMN" ? "" : t.met(Number(count))}
                {t.fromLine(number(BigInt(firstLine)))}
              </span>
            </li>
          ))}
        </ul>
      )}
      {movedColumns.length > 0 && (
        <details className="panel files__moved" open={movedColumns.length <= FEW}>
          <summary>
            {t.movedColumns(movedColumns.length)} <span className="soft">{t.movedHint}</span>
          </summary>
          <ul>
            {movedColumns.map(({ column, from, to }) => (
              <li key={column}>
                <code>{column}</code> <span className="soft">{t.fromTo(number(BigInt(from)), number(BigInt(to)))}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

const FEW = 6;
