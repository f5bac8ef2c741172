import { useStrings } from "../../language/language.tsx";
import { moneyStrings } from "./money-strings.ts";

type OriginProps = { readonly fileName: string | null; readonly lineNumber: string };

/** Where a figure was read: the file and its line. */
export function Origin({ fileName, lineNumber }: OriginProps) {
  const t = useStrings(moneyStrings);
  return (
    <span className="origin" title={fileName ?? undefined}>
      <span className="origin__file">{fileName ?? t.hiddenFile}</span>
      <span className="origin__line">{t.line(lineNumber)}</span>
    </span>
  );
}
