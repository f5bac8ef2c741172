import { Paged } from "../../app/paged.tsx";
import { QuarantinedRowsDocument } from "../../generated/pages/files/files.ts";
import { usePages } from "../../graph/use-pages.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { filesStrings } from "./files-strings.ts";

/** Rows that were not taken, each with its line, the reason, and the row as it stands in the file. */
export function QuarantinedRows({ id }: { readonly id: string }) {
  const t = useStrings(filesStrings);
  const { number } = useFormats();
  const pages = usePages(QuarantinedRowsDocument, { id }, ({ settlementFile }) => settlementFile?.quarantined);
  return (
    <section className="section" aria-label={t.quarantined}>
      <h2>{t.quarantined}</h2>
      <p className="soft">{t.quarantinedHint}</p>
      <Paged pages={pages}>
        {(rows) => (
          <ul className="panel files__rows">
            {rows.map(({ line, problem, raw }) => (
              <li key={line} className="files__row">
                <span className="files__line">{t.line(number(BigInt(line)))}</span>
                <span>{problem}</span>
                <code className="files__raw">{raw}</code>
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </section>
  );
}
