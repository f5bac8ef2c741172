import type { FileFullFragment } from "../../generated/pages/files/files.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { filesStrings } from "./files-strings.ts";

type PreviewProblemsProps = { readonly preview: NonNullable<FileFullFragment["preview"]> };

/** Which rows could not be taken if the file were, and why. */
export function PreviewProblems({ preview: { reasons, problems } }: PreviewProblemsProps) {
  const t = useStrings(filesStrings);
  const { number, list } = useFormats();
  if (reasons.length === 0) return null;
  return (
    <section className="section" aria-label={t.quarantined}>
      <h2>{t.wouldWait}</h2>
      <ul className="panel files__rows">
        {reasons.map(({ code, problem, rows }) => {
          const lines = problems.filter((each) => each.code === code && each.problem === problem);
          return (
            <li key={problem} className="files__row">
              <span className="files__line">{t.countRows(Number(rows))}</span>
              <span>{problem}</span>
              {lines.length > 0 && (
                <span className="soft files__raw">
                  {t.lines(list(lines.slice(0, 5).map(({ line }) => number(BigInt(line)))), lines.length)}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
