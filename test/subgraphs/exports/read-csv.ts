/** Reads RFC 4180 strictly: whatever is not exactly that fails. */
function readCsv(text: string, delimiter: "," | ";"): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    for (;;) {
      let cell = "";
      if (text[at] === '"') {
        at += 1;
        for (;;) {
          const end = text.indexOf('"', at);
          if (end < 0) throw new Error("a quoted cell does not end");
          cell += text.slice(at, end);
          at = end + 1;
          if (text[at] !== '"') break;
          cell += '"';
          at += 1;
        }
      } else {
        const end = [text.indexOf(delimiter, at), text.indexOf("\r\n", at)].filter((found) => found >= 0);
        const stop = Math.min(...end);
        cell = text.slice(at, stop);
        if (/["\r\n]/.test(cell))
          throw new Error(`a cell has what only a quoted one may have: ${JSON.stringify(cell)}`);
        at = stop;
      }
      record.push(cell);
      if (text[at] === delimiter) at += 1;
      else if (text.startsWith("\r\n", at)) {
        at += 2;
        break;
      } else throw new Error(`neither a delimiter nor the end of a record at ${at}`);
    }
    records.push(record);
  }
  return records;
}

/** The table of an export, each row by its header, and what the file tells of itself. */
export function readExportCsv(bytes: Buffer, delimiter: "," | ";" = ",") {
  const text = bytes.toString();
  const [header = [], ...records] = readCsv(text.replace(/^\uFEFF/, ""), delimiter);
  if (records.some((record) => record.length !== header.length)) throw new Error("a record has more or fewer cells");
  const isFact = ([first = ""]: readonly string[]) => first.startsWith("# ");
  const rows = records.filter((record) => !isFact(record)).map((record) => byHeader(header, record));
  const facts = new Map(records.filter(isFact).map(([first = ""]) => splitFact(first)));
  return { header, rows, facts };
}

function byHeader(header: readonly string[], record: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(header.map((name, index) => [name, record[index] ?? ""]));
}

function splitFact(text: string): readonly [string, string] {
  const end = text.indexOf(": ");
  return [text.slice(2, end), text.slice(end + 2)];
}
