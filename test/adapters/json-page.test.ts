import fc from "fast-check";
import { expect, test } from "vitest";
import { readPage } from "../../adapters/readers/json-page.ts";
import { bytesOf } from "./fixtures.ts";

async function pageOf(text: string, size?: number) {
  const values: unknown[] = [];
  const lines: number[] = [];
  let envelope: unknown;
  for await (const chunk of readPage(bytesOf(text, size), ["items", "other"])) {
    if ("envelope" in chunk) envelope = chunk.envelope;
    else {
      values.push(...chunk.records.map(({ value }) => value));
      lines.push(...chunk.records.map(({ line }) => line));
    }
  }
  return { values, lines, envelope };
}

test("a list embedded in a page is read apart from what stands around it", async () => {
  const page = '{"count":2,"_embedded":{"items":[{"a":1.50},{"a":"]}"}]},"_links":{"next":null}}';
  expect(await pageOf(page)).toEqual({
    values: [{ a: "1.50" }, { a: "]}" }],
    lines: [1, 2],
    envelope: { count: "2", _embedded: { items: [] }, _links: { next: null } },
  });
});

test("a list deeper down, or under another name, is part of its element", async () => {
  const page = '{"items":[{"items":[1,2],"x":{"_embedded":{"items":[3]}}}],"rest":[4]}';
  expect(await pageOf(page)).toMatchObject({
    values: [{ items: ["1", "2"], x: { _embedded: { items: ["3"] } } }],
    envelope: { rest: ["4"] },
  });
});

test("a bare array and a lone object are documents too", async () => {
  expect((await pageOf('[{"a":1},{"a":2}]')).values).toEqual([{ a: "1" }, { a: "2" }]);
  expect((await pageOf('\n {"a":1}\n')).values).toEqual([{ a: "1" }]);
});

test.each([
  ["", "the file is empty"],
  ['{"items":[{"a":1}]', "not closed by line 1"],
  ['{"items":[{"a":1}', "not closed"],
  ['{"items":[1,,2]}', "a comma without a value"],
  ['{"items":[1,]}', "a comma without a value"],
  ['{"items":[1],"items":[2]}', 'the list "items" a second time'],
  ['{"a":1}\n{"a":2}', "line 2 has text after the document"],
  ["hello", "no JSON object or array"],
  ['{"items":[{]}}', "is not JSON"],
  ['{"items":[tru]}', "is not JSON"],
  ['{"items":[{"value":"1.00","value":"2.00"}]}', "is not JSON"],
  ['{"items":[{"value":"1.00","v\\u0061lue":"2.00"}]}', "is not JSON"],
  [`{"items":["${"x".repeat(70_000)}"]}`, "more than 65536 characters"],
  [`{"items":[${"[".repeat(40)}${"]".repeat(40)}]}`, "is not JSON"],
])("%# is refused", async (text, message) => {
  await expect(pageOf(text)).rejects.toThrow(message);
});

test("whatever the elements, however the file is cut, they come out as JSON has them", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 }),
      fc.integer({ min: 1, max: 9 }),
      async (items, size) => {
        const page = JSON.stringify({ before: "[{", _embedded: { items }, after: "]" }, null, size % 3);
        const text = (value: unknown): unknown =>
          JSON.parse(JSON.stringify(value, (_, field) => (typeof field === "number" ? String(field) : field)));
        const { values } = await pageOf(page, size);
        expect(values).toEqual(items.map(text));
      },
    ),
    { numRuns: 200 },
  );
});
