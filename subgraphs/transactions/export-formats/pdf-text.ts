import type PDFDocument from "pdfkit";

export type Document = InstanceType<typeof PDFDocument>;

/** The letters that every reader of PDF has are those of Windows-1252; what has none there is a question mark. */
export function printable(text: string): string {
  // An accent that is a letter of its own has a place there only together with its letter.
  return PLAIN.test(text) ? text : text.normalize("NFC").replace(/\s+/g, " ").replace(UNPRINTABLE, "?");
}

const PLAIN = /^[ -~]*$/;
const UNPRINTABLE = /[^ -~\u00a0-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/gu;

/** Letters of Windows-1252 that Unicode has elsewhere, by their place there. */
const MOVED: Readonly<Record<string, number>> = Object.fromEntries(
  [..."€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"].map((letter, index) => [letter, 0x80 + index]),
);

/**
 * Texts drawn straight into a page's content. PDFKit lays out every text it draws, which for the cells of a table is
 * nearly all the time and memory that a file takes.
 */
export type PageText = {
  readonly widthOf: (text: string) => number;
  /** Draws a printable text with its baseline at `y` from the top; it is on the page once `flush` is called. */
  readonly draw: (text: string, x: number, y: number) => void;
  readonly flush: () => void;
};

export function createPageText(
  document: Document,
  { size, height }: { readonly size: number; readonly height: number },
): PageText {
  document.font("Helvetica").fontSize(size);
  // The name by which pages know the font, once anything is drawn in it: PDFKit tells it nowhere else.
  const { id } = (document as unknown as { readonly _font: { readonly id: string } })._font;
  const widths = new Map<string, number>();
  const letterWidth = (letter: string) => {
    let width = widths.get(letter);
    if (width === undefined) {
      width = document.font("Helvetica").fontSize(size).widthOfString(letter);
      widths.set(letter, width);
    }
    return width;
  };
  let drawn = "";
  return {
    widthOf: (text) => {
      let width = 0;
      for (const letter of text) width += letterWidth(letter);
      return width;
    },
    draw: (text, x, y) => {
      drawn += `1 0 0 1 ${x.toFixed(2)} ${(height - y).toFixed(2)} Tm (${literal(text)}) Tj\n`;
    },
    flush: () => {
      if (drawn !== "") document.addContent(`q 1 0 0 -1 0 ${height} cm BT /${id} ${size} Tf\n${drawn}ET Q`);
      drawn = "";
    },
  };
}

/** A PDF's string, byte by byte. */
function literal(text: string): string {
  const escaped = text.replace(/[\\()]/g, "\\$&");
  if (PLAIN.test(escaped)) return escaped;
  let bytes = "";
  for (const letter of escaped) bytes += String.fromCharCode(MOVED[letter] ?? letter.charCodeAt(0));
  return bytes;
}
