import { expect, test } from "vitest";
import { sharesOf } from "../../subgraphs/reconciliation/matching/partitions.ts";

/** The numbers of lines of each share, for partitions of so many lines each. */
const together = (lines: readonly number[], most = 5_000n) =>
  sharesOf(
    lines.map((number, index) => ({
      merchantId: "mer_1",
      provider: `p${index}`,
      currency: "EUR",
      lines: BigInt(number),
    })),
    most,
  ).map((share) => share.map((partition) => Number(partition.lines)));

test.each<[string, readonly number[], readonly (readonly number[])[]]>([
  ["few lines of many providers are one pass", [200, 200, 200, 200], [[200, 200, 200, 200]]],
  ["two that are worth a pass each stay apart, to be side by side", [2_000, 2_000], [[2_000], [2_000]]],
  ["what is small beside a large one is together", [6_000, 2_000, 1_000, 1_000], [[6_000], [2_000, 1_000, 1_000]]],
  ["no pass over several has more than is allowed", [90_000, 4_000, 3_000, 1_000], [[90_000], [4_000, 1_000], [3_000]]],
  ["nothing open is no pass", [], []],
])("%s", (_, lines, shares) => {
  expect(together(lines)).toEqual(shares);
});

test("where nothing may be together, each is alone, the largest first", () => {
  expect(together([1, 3, 2], 0n)).toEqual([[3], [2], [1]]);
});
