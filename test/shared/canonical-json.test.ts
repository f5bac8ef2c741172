import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../subgraphs/shared/canonical-json.ts";

test("it is JSON of the same value, and one text whatever the order of keys", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
      expect(canonicalJson(reversed(plain))).toBe(canonicalJson(plain));
    }),
  );
});

test("keys are sorted, nothing is spaced, and what is undefined is not there", () => {
  expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: undefined, A: -0.5 })).toBe(
    '{"A":-0.5,"b":[1,{"c":"x","d":null}]}',
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
