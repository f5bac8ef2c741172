import { expect, test } from "vitest";
import { fieldsOf, readFixedWidth } from "../../adapters/readers/fixed-width.ts";
import { bytesOf } from "./fixtures.ts";

async function read(content: string | Buffer, size?: number) {
  const rows = [];
  for await (const chunk of readFixedWidth(bytesOf(content, size), { width: 4, encoding: "utf-8" }))
    rows.push(...chunk);
  return rows;
}

test.each([
  ["line feeds", "abcd\nefgh\n"],
  ["returns and line feeds", "abcd\r\nefgh\r\n"],
  ["no line end after the last record", "abcd\nefgh"],
  ["blank lines at the end", "abcd\nefgh\n\n\r\n"],
  ["the end mark of DOS", "abcd\r\nefgh\r\n\u001a"],
  ["a byte order mark", "\ufeffabcd\nefgh\n"],
])("records are read with their lines: %s", async (_, content) => {
  const expected = [
    { line: 1, raw: "abcd" },
    { line: 2, raw: "efgh" },
  ];
  for (const size of [1, 3, 65_536]) expect(await read(content, size)).toEqual(expected);
});

test.each([
  ["a record that is short", "abcd\nefg\nijkl\n", "line 2 has 3 characters where the format has 4"],
  ["a record that is long", "abcd\nefghi\n", "line 2 has 5 characters"],
  ["a file that is cut", "abcd\nef", "line 2 has 2 characters"],
  ["a blank line between records", "abcd\n\nefgh\n", "line 2 is blank, and records follow it"],
  ["a line that never ends", "x".repeat(1_000_000), /line 1 has \d+ characters/],
  ["bytes of another encoding", Buffer.from("abcd\nef\u00e9h\n", "latin1"), "the file is not UTF-8"],
  ["zero bytes", "ab\0d\n", "NUL bytes"],
])("%s refuses the file", async (_, content, problem) => {
  await expect(read(content)).rejects.toMatchObject({ code: "FILE_REJECTED" });
  await expect(read(content)).rejects.toThrow(problem);
});

test("a line that never ends is refused before it is all read", async () => {
  let pieces = 0;
  async function* endless() {
    for (; pieces < 10_000; pieces += 1) yield Buffer.alloc(65_536, "x");
  }
  await expect(readFixedWidth(endless(), { width: 4, encoding: "latin1" }).next()).rejects.toThrow("line 1");
  expect(pieces).toBeLessThan(3);
});

test("fields are cut out as they stand", () => {
  expect(fieldsOf("0 AB12", { type: [0, 1], name: [1, 3], amount: [4, 2] })).toEqual({
    type: "0",
    name: " AB",
    amount: "12",
  });
});
