import fc from "fast-check";
import { expect, test } from "vitest";
import { keepAnswer, recallAnswer } from "../../../subgraphs/reconciliation/decisions/kept-answer.ts";
import { shareOut } from "../../../subgraphs/reconciliation/decisions/share-out.ts";

const amounts = fc.bigInt({ min: -1_000_000_000n, max: 1_000_000_000n });
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 1_000_000n }), { minLength: 1, maxLength: 20 })
  .filter((list) => list.some((weight) => weight > 0n));

const sum = (list: readonly bigint[]) => list.reduce((total, part) => total + part, 0n);

test("nothing is lost in sharing out, and no part is a minor unit away from its own", () => {
  fc.assert(
    fc.property(amounts, weights, (amount, list) => {
      const parts = shareOut(amount, list);
      const whole = sum(list);
      expect(sum(parts)).toBe(amount);
      for (const [index, part] of parts.entries()) {
        const off = part * whole - amount * (list[index] ?? 0n);
        expect(off < whole && off > -whole).toBe(true);
      }
    }),
  );
});

test("amounts that add up to the whole are their own shares", () => {
  fc.assert(
    fc.property(weights, (list) => {
      expect(shareOut(sum(list), list)).toEqual(list);
    }),
  );
});

test("what does not divide goes to the largest remainders, the first of equal ones", () => {
  expect(shareOut(10n, [333n, 334n, 333n])).toEqual([3n, 4n, 3n]);
  expect(shareOut(-10n, [1n, 1n, 1n])).toEqual([-4n, -3n, -3n]);
  expect(() => shareOut(10n, [0n, 0n])).toThrow(RangeError);
});

test("an answer is recalled as it was kept, amounts and times included", () => {
  const answer = {
    __typename: "Match",
    difference: { amountMinor: -9007199254740993n, currency: "EUR" },
    madeAt: new Date("2026-11-02T12:00:00.123Z"),
    reason: null,
    ids: ["a", "b"],
  };
  expect(recallAnswer(JSON.parse(keepAnswer(answer)))).toEqual(answer);
});
