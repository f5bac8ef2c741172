import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson, readJson } from "../../adapters/readers/json.ts";
import { bytesOf } from "./fixtures.ts";

async function recordsOf(content: string, size = 3) {
  const records: { line: number; raw: string; value: unknown }[] = [];
  for await (const chunk of readJson(bytesOf(content, size))) records.push(...chunk.records);
  return records;
}

test("numbers keep the digits they were written with", () => {
  expect(parseJson('{"amount":9.99,"big":12345678901234567890.10,"list":[-0.50,1e3],"text":"1, 2"}')).toEqual({
    amount: "9.99",
    big: "12345678901234567890.10",
    list: ["-0.50", "1e3"],
    text: "1, 2",
  });
});

test("all but its numbers is read as JSON.parse reads it", () => {
  const withoutNumbers = fc
    .jsonValue()
    .map((value) => JSON.stringify(value, (_, v) => (typeof v === "number" ? null : v)));
  fc.assert(
    fc.property(withoutNumbers, (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("a record of words is read as JSON.parse reads it, unless a key stands twice", () => {
  const word = fc.oneof(fc.string(), fc.constantFrom("1", ":", ' :"', '":', "a:b", "{", "[1", "\\", "12:30:00"));
  const pairs = fc.array(
    fc.tuple(fc.oneof(word, fc.constantFrom("a", "b")), fc.oneof(word, fc.constantFrom(true, null))),
  );
  const space = fc.constantFrom("", " ", "\t");
  fc.assert(
    fc.property(pairs, space, (entries, gap) => {
      const fields = entries.map(([key, value]) => `${JSON.stringify(key)}${gap}:${gap}${JSON.stringify(value)}`);
      const text = `{${fields.join(`${gap},`)}}`;
      const isTwice = new Set(entries.map(([key]) => key)).size < entries.length;
      if (isTwice) expect(() => parseJson(text)).toThrow(/stands twice/);
      else expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 1_000 },
  );
});

test("a key __proto__ sets no prototype", () => {
  const value = parseJson('{"__proto__":{"admin":true}}') as { admin?: boolean };
  expect(value.admin).toBeUndefined();
});

test.each(["{1:2}", '{"a":01}', '{"a":1.}', '{"a":"1}', "[1 2]", "-", `${"[".repeat(40)}${"]".repeat(40)}`])(
  "%s is no JSON of ours",
  (text) => expect(() => parseJson(text)).toThrow(SyntaxError),
);

test("an array and lines give the same records, in pieces of any size", async () => {
  const record = fc.record({ id: fc.string(), tags: fc.array(fc.constantFrom("],", '"', "\\", "{", "é")) });
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1 }), fc.integer({ min: 1, max: 9 }), async (records, size) => {
      const texts = records.map((value) => JSON.stringify(value));
      const lines = await recordsOf(texts.join("\n"), size);
      expect(lines.map(({ value }) => value)).toEqual(records);
      expect(await recordsOf(`[${texts.join(",\n")}]`, size)).toEqual(lines);
    }),
  );
});

test.each([
  ["an array that is not closed", '[{"a":1}', /not closed/],
  ["an array with a hole", "[1,,2]", /comma without a value/],
  ["an array with an open end", "[1,]", /comma without a value/],
  ["text after the array", "[1] 2", /text after the array/],
  ["a line that is cut", '{"a":1}\n{"b":', /line 2 is not JSON/],
  ["an empty file", " \n", /empty/],
  ["a record beyond 64 kB", `["${"x".repeat(70_000)}"]`, /more than 65536/],
])("%s is refused", async (_, content, message) => {
  await expect(recordsOf(content)).rejects.toThrow(message);
  await expect(recordsOf(content)).rejects.toMatchObject({ code: "FILE_REJECTED" });
});
