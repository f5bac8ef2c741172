import fc from "fast-check";
import { expect, test } from "vitest";
import { solveSums, type Target } from "../../subgraphs/reconciliation/payouts/sums.ts";

/** Every set of the parts that has the sum, by trying all. */
function allWays(sum: bigint, parts: readonly (readonly [string, bigint])[]): string[][] {
  const ways: string[][] = [];
  for (let mask = 1; mask < 2 ** parts.length; mask++) {
    const chosen = parts.filter((_, index) => (mask >> index) & 1);
    if (chosen.reduce((total, [, amount]) => total + amount, 0n) === sum) ways.push(chosen.map(([id]) => id).sort());
  }
  return ways;
}

test("a sum is found exactly when one way makes it up, as trying all of them tells", () => {
  const amount = fc.bigInt({ min: 1n, max: 40n });
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 10 }), fc.bigInt({ min: 1n, max: 120n }), (amounts, sum) => {
      const parts = amounts.map((each, index) => [`p${index}`, each] as const);
      const target: Target = { id: "t", amountMinor: sum, parts: parts.map(([id]) => id) };
      const outcome = solveSums([target], new Map(parts)).get("t");
      const ways = allWays(sum, parts);
      if (ways.length === 0) expect(outcome).toEqual({ kind: "NONE" });
      else if (ways.length === 1) expect(outcome).toEqual({ kind: "UNIQUE", parts: ways[0] });
      else expect(outcome).toMatchObject({ kind: "SEVERAL" });
    }),
    { numRuns: 10_000 },
  );
});

test("what two sums want is neither's, and the order they are asked in does not matter", () => {
  const amounts = new Map([
    ["a", 3n],
    ["b", 4n],
    ["c", 5n],
  ]);
  const first = { id: "1", amountMinor: 7n, parts: ["a", "b"] };
  const second = { id: "2", amountMinor: 9n, parts: ["b", "c"] };
  for (const targets of [
    [first, second],
    [second, first],
  ]) {
    const outcomes = solveSums(targets, amounts);
    expect([outcomes.get("1"), outcomes.get("2")]).toMatchObject([{ kind: "SEVERAL" }, { kind: "SEVERAL" }]);
  }
  expect(solveSums([first], amounts).get("1")).toEqual({ kind: "UNIQUE", parts: ["a", "b"] });
});

test("a search that was cut is neither none nor proven, and takes what it may want from others", () => {
  const ids = Array.from({ length: 30 }, (_, index) => `p${index}`);
  // Even amounts never make up an odd sum, and there are a billion ways to try.
  const amounts = new Map(ids.map((id, index) => [id, BigInt(1_000 + 2 * index)]));
  const hard = { id: "hard", amountMinor: 15_001n, parts: ids };
  const easy = { id: "easy", amountMinor: 2_002n, parts: ["p0", "p1"] };
  const outcomes = solveSums([hard, easy], amounts, 5_000);
  expect(outcomes.get("hard")).toEqual({ kind: "CUT" });
  expect(outcomes.get("easy")).toMatchObject({ kind: "SEVERAL" });
});
