import type { FileRowFragment } from "../../generated/pages/files/files.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { filesStrings } from "./files-strings.ts";

const PARTS = ["accepted", "duplicate", "skipped", "quarantined"] as const;

/** Where every row of a file went, as a bar and in figures: together they are all that was read. */
export function RowBalance({ file: { counts, status } }: { readonly file: FileRowFragment }) {
  const t = useStrings(filesStrings);
  const { number } = useFormats();
  const names = status === "PREVIEWED" ? t.foreseen : t.rows;
  return (
    <div className="files__balance">
      <div className="files__bar" aria-hidden="true">
        {PARTS.filter((part) => counts[part] !== "0").map((part) => (
          <span key={part} className={`files__part files__part--${part}`} style={{ flexGrow: Number(counts[part]) }} />
        ))}
      </div>
      <dl className="figures">
        <div>
          <dt>{t.read}</dt>
          <dd>
            <strong>{number(BigInt(counts.read))}</strong>
          </dd>
        </div>
        {PARTS.map((part) => (
          <div key={part}>
            <dt className={`files__key files__key--${part}`}>{names[part]}</dt>
            <dd>{number(BigInt(counts[part]))}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
