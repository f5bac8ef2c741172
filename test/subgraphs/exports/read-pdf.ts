import { inflateSync } from "node:zlib";

/** The texts of each page of a PDF that PDFKit wrote, in the order they were drawn. */
export function readPdf(bytes: Buffer): readonly (readonly string[])[] {
  const source = bytes.toString("latin1");
  if (!source.startsWith("%PDF-") || !source.trimEnd().endsWith("%%EOF")) throw new Error("not a whole PDF");
  const contents = new Map(
    [...source.matchAll(/(\d+) 0 obj\n<<([^>]*)>>\nstream\n/g)].map(({ 0: head, 1: number = "", index }) => {
      const from = index + head.length;
      return [number, inflateSync(bytes.subarray(from, source.indexOf("\nendstream", from))).toString("latin1")];
    }),
  );
  return [...source.matchAll(/\/Type \/Page\n[\s\S]*?\/Contents (\d+) 0 R/g)].map(([, number = ""]) =>
    textsOf(contents.get(number) ?? ""),
  );
}

/** A text is one TJ, whose pieces are hexadecimal, or one Tj of a literal string. */
function textsOf(content: string): readonly string[] {
  return [...content.matchAll(/\[([^\]]*)\] TJ|\(((?:[^\\()]|\\.)*)\) Tj/g)].map(([, pieces, plain]) =>
    pieces === undefined
      ? (plain ?? "").replace(/\\(.)/g, "$1")
      : [...pieces.matchAll(/<([0-9a-f]*)>/g)]
          .map(([, hex = ""]) => Buffer.from(hex, "hex").toString("latin1"))
          .join(""),
  );
}
