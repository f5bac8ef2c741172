import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph as accounts } from "../../subgraphs/accounts/subgraph.ts";
import type { Subgraph } from "../../subgraphs/shared/subgraph/define-subgraph.ts";
import { at, entities, type Graph } from "./support/graph.ts";
import { A, openSettledGraph } from "./support/settled-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openSettledGraph("accounts");
});
afterAll(() => graph.close());

describe("accounts", () => {
  test("places resolve by key, with what they belong to; foreign ones are null", async () => {
    await graph.insert("accounts.location", {
      ...A,
      id: "loc_1",
      name: "Shop",
      country: "BE",
      zone: "Europe/Brussels",
    });
    await graph.insert("accounts.terminal", {
      ...A,
      id: "ter_1",
      tid: "T0001",
      location_id: "loc_1",
      valid_from: "2026-01-01T00:00:00Z",
    });
    const fields = "tid validFrom validTo location { name country merchant { name role } terminals { id } }";
    expect(await entity("vic", accounts, "Terminal", "ter_1", fields)).toEqual({
      id: "ter_1",
      tid: "T0001",
      validFrom: "2026-01-01T00:00:00.000Z",
      validTo: null,
      location: {
        name: "Shop",
        country: "BE",
        merchant: { name: "Merchant mer_a", role: "viewer" },
        terminals: [{ id: "ter_1" }],
      },
    });
    expect(await entity("cem", accounts, "Terminal", "ter_1", "tid")).toBeNull();
    expect(await entity("vic", accounts, "Merchant", "mer_c", "name")).toBeNull();
  });

  test("the viewer sees who they are, their roles and their merchants", async () => {
    const query =
      "{ viewer { id name roles merchants { id role } } merchants(first: 1) { edges { node { id zone } } pageInfo { hasNextPage } } }";
    expect(await graph.ask("two", accounts, query)).toEqual({
      data: {
        viewer: {
          id: "two",
          name: "Name of two",
          roles: ["administrator", "finance"],
          merchants: [
            { id: "mer_a", role: "finance" },
            { id: "mer_b", role: "administrator" },
          ],
        },
        merchants: { edges: [{ node: { id: "mer_a", zone: "Europe/Brussels" } }], pageInfo: { hasNextPage: true } },
      },
    });
    const stranger = await graph.ask("nobody", accounts, "{ viewer { id roles merchants { id } } }");
    expect(stranger).toEqual({ data: { viewer: { id: "nobody", roles: [], merchants: [] } } });
  });
});

async function entity(user: string, subgraph: Subgraph, typename: string, id: string, fields: string) {
  const { query, variables } = entities(typename, [id], fields);
  const answer = await graph.ask(user, subgraph, query, variables);
  expect(answer.errors).toBeUndefined();
  return at(answer, "data", "_entities", 0);
}
