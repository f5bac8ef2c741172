import { printable } from "../export-formats/pdf-text.ts";

type Pdf = PDFKit.PDFDocument;

/** A column of a table: all but the first and those that are text stand to the right. */
export type Column = { readonly name: string; readonly width: number; readonly isNumber: boolean };

const NUMBERS = ["Number", "Turnover", "Refunds", "Chargebacks", "Pending", "Amount"];

export function columns(...of: readonly (readonly [name: string, width: number])[]): readonly Column[] {
  return of.map(([name, width]) => ({ name, width, isNumber: NUMBERS.includes(name) }));
}

/** Writes down a page and goes on to the next where it is full. */
export type Page = {
  readonly title: (text: string) => void;
  readonly heading: (text: string) => void;
  readonly text: (text: string) => void;
  readonly facts: (rows: readonly (readonly [name: string, value: string])[]) => void;
  readonly table: (columns: readonly Column[], rows: readonly (readonly string[])[]) => void;
  /** At the foot of every page, with its number; the last call. */
  readonly footers: (...lines: readonly string[]) => void;
};

const GREY = "#666666";
const LINE = "#cccccc";
const FOOT = 40;

export function createPage(pdf: Pdf): Page {
  const left = pdf.page.margins.left;
  const width = pdf.page.width - 2 * left;
  const bottom = () => pdf.page.height - pdf.page.margins.bottom - FOOT;
  const room = (height: number) => {
    if (pdf.y + height > bottom()) pdf.addPage();
  };
  const row = (columns: readonly Column[], cells: readonly string[]) => {
    const shown = cells.map(printable);
    const height = Math.max(
      ...shown.map((cell, index) => pdf.heightOfString(cell, { width: (columns[index]?.width ?? 0) - 6 })),
    );
    room(height + 5);
    const top = pdf.y;
    let x = left;
    for (const [index, { width: wide, isNumber }] of columns.entries()) {
      pdf.text(shown[index] ?? "", x, top, { width: wide - 6, align: isNumber ? "right" : "left" });
      x += wide;
    }
    pdf.y = top + height + 2;
    pdf
      .moveTo(left, pdf.y)
      .lineTo(left + width, pdf.y)
      .lineWidth(0.4)
      .stroke(LINE);
    pdf.y += 3;
  };
  return {
    title: (text) => {
      pdf.font("Helvetica-Bold").fontSize(20).text(printable(text), left).moveDown(0.4);
    },
    heading: (text) => {
      room(56);
      pdf.y += 8;
      pdf.font("Helvetica-Bold").fontSize(11).fillColor("black").text(printable(text), left, pdf.y, { width });
      pdf.y += 3;
    },
    text: (text) => {
      room(16);
      pdf.font("Helvetica").fontSize(9).fillColor("black").text(printable(text), left, pdf.y, { width });
    },
    facts: (rows) => {
      pdf.fontSize(10);
      for (const [name, value] of rows) {
        const top = pdf.y;
        pdf.font("Helvetica").fillColor(GREY).text(name, left, top, { width: 90 });
        pdf.fillColor("black").text(printable(value), left + 90, top, { width: width - 90 });
        pdf.y += 2;
      }
    },
    table: (columns, rows) => {
      pdf.y += 4;
      pdf.font("Helvetica-Bold").fontSize(8).fillColor(GREY);
      row(
        columns,
        columns.map(({ name }) => name),
      );
      pdf.font("Helvetica").fontSize(9).fillColor("black");
      for (const cells of rows) row(columns, cells);
    },
    footers: (...lines) => {
      const { count } = pdf.bufferedPageRange();
      for (let index = 0; index < count; index += 1) {
        pdf.switchToPage(index);
        // Below the margin pdfkit would begin another page.
        pdf.page.margins.bottom = 0;
        const foot = [...lines, `Page ${index + 1} of ${count}`];
        pdf.font("Helvetica").fontSize(7.5).fillColor(GREY);
        for (const [nth, line] of foot.entries()) {
          pdf.text(line, left, pdf.page.height - 48 - FOOT + 12 + nth * 10, { width, lineBreak: false });
        }
      }
    },
  };
}
