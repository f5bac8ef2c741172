import { getNamedType, isUnionType } from "graphql";
import { expect } from "vitest";
import { bodyDigest, CALL_SIGNATURE_HEADER, signCall } from "../../../subgraphs/shared/identity/call-signature.ts";
import type { Subgraph } from "../../../subgraphs/shared/subgraph/define-subgraph.ts";
import { serveSubgraph } from "../../../subgraphs/shared/subgraph/serve-subgraph.ts";
import { entityFields } from "./generate-operations.ts";
import { userOf } from "./marked-merchants.ts";
import { foreignMarks, lookThrough } from "./marks.ts";
import { ENTITIES } from "./root-fields.ts";
import type { TenantGraph } from "./tenant-graph.ts";
import type { Tenants } from "./tenants.ts";

const KEY = { id: "one", secret: "k".repeat(32) };
const AUTHORIZATION = `Bearer ${userOf("administrator", 1)}`;

/** Asks a subgraph for every entity that it resolves, as the gateway asks it. */
export async function compareEntities(
  subgraph: Subgraph,
  { services }: TenantGraph,
  { ids, owners }: Tenants,
): Promise<void> {
  const server = await serveSubgraph(subgraph, services, { host: "127.0.0.1", port: 0, keys: [KEY] });
  try {
    const entity = subgraph.schema.getType("_Entity");
    for (const type of isUnionType(entity) ? entity.getTypes() : []) {
      const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${type.name} ${entityFields(subgraph.schema, getNamedType(type))} } }`;
      const ask = (ids: readonly string[]) =>
        call(
          server.url,
          subgraph.name,
          query,
          ids.map((id) => ({ __typename: type.name, id })),
        );
      const own = ids(1).get(type.name)?.slice(0, 50) ?? [];
      const theirs = ids(2).get(type.name)?.slice(0, 50) ?? [];
      const place = `${subgraph.name} ${type.name}`;
      expect(ENTITIES, "a new entity needs its row in root-fields.ts").toHaveProperty([place]);
      expect(own.length, place).toBeGreaterThan(0);
      expect(JSON.parse(await ask(own)).errors, place).toBeUndefined();
      const mixed = await ask([...own.slice(0, 1), ...theirs]);
      expect(lookThrough(JSON.parse(withoutIds(mixed, theirs)), [1], owners).foreign, place).toEqual([]);
      expect(foreignMarks(withoutIds(mixed, theirs), [1]), place).toEqual([]);
      const unknown = theirs.map((id, index) => `${id.slice(0, 4)}unknown${100 + index}`);
      expect(withoutIds(await ask(theirs), theirs), place).toBe(withoutIds(await ask(unknown), unknown));
    }
  } finally {
    await server.close();
  }
}

async function call(url: string, subgraph: string, query: string, representations: unknown): Promise<string> {
  const body = JSON.stringify({ query, variables: { r: representations } });
  const signature = signCall(KEY, { subgraph, content: bodyDigest(body), authorization: AUTHORIZATION });
  const headers = {
    authorization: AUTHORIZATION,
    "content-type": "application/json",
    [CALL_SIGNATURE_HEADER]: signature,
  };
  const response = await fetch(`${url}/graphql`, { method: "POST", headers, body });
  return response.text();
}

/** What was asked for may be repeated in the answer: it tells the asker nothing. */
function withoutIds(text: string, ids: readonly string[]): string {
  return ids.reduce((left, id) => left.replaceAll(id, "ID"), text);
}
