import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CsvFormat, type CsvRow, checkWidth, readCsv } from "../../adapters/readers/csv.ts";
import { bytesOf } from "./fixtures.ts";

const COMMAS: CsvFormat = { delimiter: ",", encoding: "utf-8" };

async function rowsOf(content: string | Buffer, format = COMMAS, size = 3): Promise<readonly CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const chunk of readCsv(bytesOf(content, size), format)) rows.push(...chunk);
  return rows;
}

async function cellsOf(content: string | Buffer, format = COMMAS) {
  return (await rowsOf(content, format)).map(({ cells }) => cells);
}

test("cells written by the rules come back whatever they hold and however the bytes arrive", async () => {
  const cell = fc.string({ unit: fc.constantFrom("a", "é", ",", '"', "\n", "\r\n", " ", "€") });
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (rows, size, endsOpen) => {
      const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(",")).join("\r\n");
      const read = await rowsOf(endsOpen ? text : `${text}\r\n`, COMMAS, size);
      expect(read.map(({ cells }) => cells)).toEqual(rows);
      expect(read.map(({ raw }) => raw).join("\r\n")).toBe(text);
    }),
  );
});

test("a row is numbered by the line it starts on, quoted line ends counted", async () => {
  const rows = await rowsOf('a,b\n"1\n2","x\n"\n\nc,d');
  expect(rows.map(({ line }) => line)).toEqual([1, 2, 6]);
});

test("a byte order mark, CRLF and a missing last line end change nothing", async () => {
  expect(await cellsOf("\ufeffa,b\r\n1,2")).toEqual([
    ["a", "b"],
    ["1", "2"],
  ]);
});

test("a byte order mark within the file is text, wherever the bytes are cut", async () => {
  for (const size of [1, 2, 3, 4, 5, 100]) {
    const rows = await rowsOf("a,b\n\ufeffc,d\n", COMMAS, size);
    expect(rows.map(({ cells }) => cells)).toEqual([
      ["a", "b"],
      ["\ufeffc", "d"],
    ]);
  }
});

test("latin1 is read as latin1", async () => {
  expect(await cellsOf(Buffer.from("Approuv\u00e9;1\n", "latin1"), { delimiter: ";", encoding: "latin1" })).toEqual([
    ["Approuvé", "1"],
  ]);
});

describe("damage is refused with its line", () => {
  test.each([
    ["a quote that is not closed", 'a,b\n1,"2\n', /line 2 has a quote that is never closed/],
    ["text after a closing quote", 'a,b\n"1"x,2\n', /line 2 has text after a closing quote in cell 1/],
    ["a quote inside a bare cell", 'a,b\n1"2,3\n', /line 2 has a quote inside the unquoted cell/],
    ["a line beyond 64 kB", `a,b\n${"x".repeat(70_000)}`, /line 2 has more than 65536 characters/],
    ["bytes that are not UTF-8", Buffer.from([0x61, 0xe9, 0x0a]), /not UTF-8/],
    ["half a character at the end", Buffer.from([0x61, 0xc3]), /not UTF-8/],
    [
      "half a character before another",
      Buffer.from([0x61, 0x2c, 0x62, 0x62, 0x62, 0xc3, 0x61, 0x61, 0x61, 0x0a]),
      /not UTF-8/,
    ],
    ["NUL bytes", "a\0b\n", /NUL/],
  ])("%s", async (_, content, message) => {
    await expect(cellsOf(content)).rejects.toThrow(message);
    await expect(cellsOf(content)).rejects.toMatchObject({ code: "FILE_REJECTED" });
  });
});

test("a row narrower than the header is refused", async () => {
  const [row] = await rowsOf("1,2\n");
  expect(() => checkWidth(row!, 3)).toThrow(/line 1 has 2 cells where the format has 3/);
});
