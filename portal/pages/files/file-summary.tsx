import { providerName } from "../../domain/method-name.ts";
import type { FileFullFragment } from "../../generated/pages/files/files.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { filesStrings } from "./files-strings.ts";

/** A file in one line. */
export function FileSummary({ file }: { readonly file: FileFullFragment }) {
  const t = useStrings(filesStrings);
  const { money } = useFormats();
  const { provider, counts, totals, problem } = file;
  const said = [
    provider && providerName(provider),
    counts.read !== "0" && t.countRows(Number(counts.read)),
    ...totals.map(({ net }) => money(net)),
    problem,
  ];
  return <p className="soft">{said.filter(Boolean).join(" · ")}</p>;
}
