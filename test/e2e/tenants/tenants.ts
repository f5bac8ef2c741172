import { type GraphQLSchema, parse } from "graphql";
import { buildPublicSchema } from "../../../gateway/engine/public-schema.ts";
import { supergraphSdl } from "../../gateway/attacks/attack-gateway.ts";
import type { Ledger } from "../../support/ledger.ts";
import { type Generated, generateOperations } from "./generate-operations.ts";
import { openMarkedMerchants, userOf } from "./marked-merchants.ts";
import { type MerchantNumber, NUMBERS, type Owners } from "./marks.ts";
import { readOwners } from "./owners.ts";
import { type Ids, idsOf } from "./read-everything.ts";
import { openTenantGraph, type TenantGraph } from "./tenant-graph.ts";

/** What the suites about tenants share: three merchants cost more to set up than most suites take. */
export type Tenants = {
  readonly schema: GraphQLSchema;
  readonly operations: readonly Generated[];
  readonly ledger: Ledger;
  /** With every layer on. */
  readonly graph: TenantGraph;
  readonly owners: Owners;
  readonly ids: (number: MerchantNumber) => Ids;
  readonly close: () => Promise<void>;
};

/** Draws other ways through the schema; the same seed draws the same. */
const SEED = Number(process.env["SEED"] ?? 20_261_128);

/** Lists with a hundred rows at each merchant: ways from these read the most. */
const LONG = new Set(["transactions", "matches", "discrepancies"]);

export async function openTenants(): Promise<Tenants> {
  const schema = buildPublicSchema(parse(supergraphSdl()));
  const drawn = (root: string) => (LONG.has(root) ? 9 : 1);
  const operations = generateOperations(schema, { depth: 5, drawn, seed: SEED });
  const shortest = generateOperations(schema, { depth: 3, drawn: () => 0, seed: SEED });
  const ledger = await openMarkedMerchants("tenants");
  const owners = await readOwners(ledger);
  const graph = await openTenantGraph(ledger);
  const found = new Map<MerchantNumber, Ids>();
  for (const number of NUMBERS) {
    const ids = await idsOf(graph, ledger, shortest, number, userOf("administrator", number));
    // Built-in rules are everybody's.
    found.set(number, withoutThose(ids, [...found.values()]));
  }
  return {
    schema,
    operations,
    ledger,
    graph,
    owners,
    ids: (number) => found.get(number) ?? new Map(),
    close: async () => {
      await graph.close();
      await ledger.close();
    },
  };
}

function withoutThose(ids: Ids, others: readonly Ids[]): Ids {
  const isOfOthers = (type: string, id: string) => others.some((each) => each.get(type)?.includes(id));
  return new Map([...ids].map(([type, all]) => [type, all.filter((id) => !isOfOthers(type, id))]));
}
