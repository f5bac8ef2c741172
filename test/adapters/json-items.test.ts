import fc from "fast-check";
import { expect, test } from "vitest";
import { readJsonItems } from "../../adapters/readers/json-items.ts";
import { bytesOf } from "./fixtures.ts";

const items = ([first, , third]: readonly (string | number)[]) => first === "list" && third === undefined;

async function found(content: string, wanted: Parameters<typeof readJsonItems>[1], size = 3) {
  const all: { path: readonly (string | number)[]; line: number; value: unknown }[] = [];
  for await (const chunk of readJsonItems(bytesOf(content, size), wanted)) all.push(...chunk);
  return all.map(({ path, line, value }) => [path.join("."), line, value]);
}

test("the values at the wanted paths are found, wherever they stand and however the document is laid out", async () => {
  const text = '{"id":"S1",\n"data":{"a":[{"x":1.50},\n{"x":"}]"}],"b":[]},"n":12\n}\n';
  expect(await found(text, (path) => path[0] !== "data" || path.length === 3)).toEqual([
    ["id", 1, "S1"],
    ["data.a.0", 2, { x: "1.50" }],
    ["data.a.1", 3, { x: "}]" }],
    ["n", 3, "12"],
  ]);
});

test("any document gives the same items, in pieces of any size", async () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const list = fc.array(fc.oneof(leaf, fc.dictionary(fc.string(), leaf), fc.array(leaf)));
  await fc.assert(
    fc.asyncProperty(
      list,
      fc.dictionary(fc.string(), leaf),
      fc.integer({ min: 1, max: 9 }),
      async (values, other, size) => {
        const text = JSON.stringify({ other, list: values }, null, size % 3);
        const asText = JSON.parse(text, (_, value) => (typeof value === "number" ? String(value) : value)) as {
          list: unknown[];
        };
        const wanted = (path: readonly (string | number)[]) => path.length === 2 && path[0] === "list";
        expect((await found(text, wanted, size)).map(([, , value]) => value)).toEqual(asText.list);
      },
    ),
  );
});

test.each([
  ["an object that is not closed", '{"list":[{"a":1}]', /not closed/],
  ["a closed list in an open object", '{"list":[1]', /not closed/],
  ["a comma without a value", '{"list":[1,,2]}', /not JSON/],
  ["a key without a value", '{"list":[1],"a"}', /not JSON/],
  ["a bracket of the wrong kind", '{"list":[1}]', /closes nothing/],
  ["text after the object", '{"list":[1]} {}', /outside its object/],
  ["a list instead of an object", "[1]", /outside its object/],
  ["an item that is not JSON", '{"list":[{"a":01}]}', /not JSON/],
  ["an item beyond 64 kB", `{"list":[{"a":"${"x".repeat(40_000)}","b":"${"y".repeat(40_000)}"}]}`, /more than 65536/],
  ["a text that never ends", `{"list":["${"x".repeat(70_000)}`, /more than 65536/],
  ["nothing", " \n", /not closed/],
])("%s is refused", async (_, content, message) => {
  await expect(found(content, items, 4_096)).rejects.toThrow(message);
  await expect(found(content, items, 4_096)).rejects.toMatchObject({ code: "FILE_REJECTED" });
});
