import type { Reading, SettlementAdapter } from "../../adapters/adapter.ts";
import { textOf } from "../../adapters/readers/text.ts";

/** A format of the tests' own, for what no provider's file can be made to show: a first line `# name`, then rows. */
export function lineAdapter(
  name: string,
  read: (text: string, line: number) => readonly Reading[],
  parts: Partial<SettlementAdapter> = {},
): SettlementAdapter {
  return {
    name,
    provider: name,
    accepts: (head) => head.startsWith(`# ${name}\n`),
    read: async function* (file) {
      let whole = "";
      for await (const text of textOf(file, "utf-8")) whole += text;
      const [, ...lines] = whole.trimEnd().split("\n");
      for (const [index, text] of lines.entries()) yield read(text, index + 2);
    },
    ...parts,
  };
}
