import fc from "fast-check";
import { expect, test } from "vitest";
import { type Assigned, type Edge, solve } from "../../subgraphs/reconciliation/matching/assignment.ts";

const edge = (line: string, transaction: string, points: number): Edge => ({ line, transaction, points });

/** Small graphs, so that every matching can be tried. */
const graphs = fc
  .uniqueArray(fc.record({ line: fc.nat(4), transaction: fc.nat(4), points: fc.integer({ min: 1, max: 90 }) }), {
    selector: ({ line, transaction }) => `${line} ${transaction}`,
    maxLength: 14,
  })
  .map((edges) => edges.map(({ line, transaction, points }) => edge(`l${line}`, `t${transaction}`, points)));

/** The greatest sum that any matching reaches, by trying them all. */
function greatest(edges: readonly Edge[]): number {
  const [first, ...others] = edges;
  if (!first) return 0;
  const compatible = others.filter(({ line, transaction }) => line !== first.line && transaction !== first.transaction);
  return Math.max(greatest(others), first.points + greatest(compatible));
}

const assignedOf = (edges: readonly Edge[]): Assigned[] => solve(edges, 40).flatMap(({ assigned }) => assigned ?? []);

test("no matching has more points, and none uses a line or a transaction twice", () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      const assigned = assignedOf(edges);
      expect(new Set(assigned.map(({ line }) => line)).size).toBe(assigned.length);
      expect(new Set(assigned.map(({ transaction }) => transaction)).size).toBe(assigned.length);
      expect(assigned.reduce((sum, { points }) => sum + points, 0)).toBe(greatest(edges));
    }),
    { numRuns: 2_000 },
  );
});

test("a margin is what the best matching without the pair falls short of the best", () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      for (const pair of assignedOf(edges)) {
        const without = edges.filter((other) => other.line !== pair.line || other.transaction !== pair.transaction);
        expect(pair.margin).toBe(greatest(edges) - greatest(without));
      }
    }),
    { numRuns: 1_000 },
  );
});

test("what is certain does not depend on the order of the candidates", () => {
  fc.assert(
    fc.property(graphs, fc.infiniteStream(fc.nat()), (edges, stream) => {
      const shuffled = edges
        .map((each) => ({ each, at: stream.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ each }) => each);
      expect(solve(shuffled, 40)).toEqual(solve(edges, 40));
    }),
    { numRuns: 1_000 },
  );
});

test("two that fit equally well are assigned with no margin", () => {
  const assigned = assignedOf([edge("a", "x", 50), edge("a", "y", 50), edge("b", "x", 50), edge("b", "y", 50)]);
  expect(assigned.map(({ margin }) => margin)).toEqual([0, 0]);
});

test("the other candidates of a line are weighed by what they would cost the rest", () => {
  const [a, b] = assignedOf([edge("a", "x", 60), edge("a", "y", 50), edge("b", "x", 55)]);
  expect([a, b]).toMatchObject([
    { line: "a", transaction: "y", margin: 45, runnerUp: { transaction: "x", points: 60 } },
    { line: "b", transaction: "x", margin: 45 },
  ]);
});

test("a part that is too large is not tried, and the others are", () => {
  const tangle = Array.from({ length: 4 }, (_, line) => edge(`l${line}`, "shared", 30));
  const [alone, large] = solve([...tangle, edge("a", "x", 70)], 3);
  expect(alone).toMatchObject({ assigned: [{ line: "a", transaction: "x", margin: 70 }] });
  expect(large).toEqual({ edges: tangle });
});
