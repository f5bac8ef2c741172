import { describe, expect, test } from "vitest";
import type { Guard } from "./guards.ts";
import { BETWEEN, userOf } from "./marked-merchants.ts";
import { NUMBERS } from "./marks.ts";
import { type Reader, type Reading, readEverything } from "./read-everything.ts";
import { BOTH, type GraphGuards, openTenantGraph } from "./tenant-graph.ts";
import type { Tenants } from "./tenants.ts";

const LAYERS: readonly (readonly Guard[])[] = [BOTH, ["row-security"], ["application"]];
const LEAST_FIELDS = 1_000_000;

/** Everything that the schema lets a user read is read by users of three merchants, and nothing of others may come. */
export function reading(tenants: () => Tenants): void {
  describe("reading", () => {
    /** By the layers that were on; a test that runs again replaces its own. */
    const readings = new Map<string, Reading>();
    const readers = () =>
      NUMBERS.map(
        (number): Reader => ({ user: userOf("administrator", number), own: [number], ids: tenants().ids(number) }),
      );

    async function readUnder(
      guards: GraphGuards,
      who: readonly Reader[],
      most = Number.POSITIVE_INFINITY,
    ): Promise<Reading> {
      const { ledger, operations, owners } = tenants();
      const graph = await openTenantGraph(ledger, guards);
      return readEverything(graph, operations.slice(0, most), who, owners).finally(() => graph.close());
    }

    test.each(LAYERS.map((guards) => [guards.join(" and "), guards] as const))(
      "held by %s, nobody reads anything of another merchant by whatever way",
      async (name, guards) => {
        const both = { user: BETWEEN, own: [1, 2] as const, ids: tenants().ids(1) };
        const found = await readUnder({ all: guards }, [...readers(), both]);
        readings.set(name, found);
        expect(found.foreign).toEqual([]);
        expect(found.failed).toEqual([]);
      },
      LONG_MS,
    );

    test("each layer alone gives the answers of both, counts and sums too", () => {
      const [whole, ...alone] = [...readings.values()];
      for (const { answers } of alone) {
        const differing = [...answers].filter(
          ([asked, text]) => !asked.startsWith(BETWEEN) && text !== whole?.answers.get(asked),
        );
        expect(differing.map(([asked]) => asked.slice(0, 500))).toEqual([]);
      }
    });

    test("a million fields were read", () => {
      expect([...readings.values()].reduce((sum, { fields }) => sum + fields, 0)).toBeGreaterThan(LEAST_FIELDS);
    });

    test.each(["transactions", "reconciliation", "accounts"])(
      "a leak of %s is found: these readings are able to fail",
      async (name) => {
        const { foreign } = await readUnder({ all: BOTH, bySubgraph: { [name]: [] } }, readers().slice(0, 1), 60);
        expect(foreign.length).toBeGreaterThan(10);
      },
      LONG_MS,
    );
  });
}

/** On a machine that others use as well. */
const LONG_MS = 600_000;
