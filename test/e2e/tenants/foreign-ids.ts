import { type GraphQLObjectType, type GraphQLSchema, getNamedType } from "graphql";
import { describe, expect, test } from "vitest";
import { SUBGRAPHS } from "../../subgraphs/support/settled-graph.ts";
import { tableDigests } from "../../support/table-digests.ts";
import { compareEntities } from "./compare-entities.ts";
import { type ChooseId, fillArguments, firstOf, type IdPlace, idPlaces, operationWith } from "./fill-arguments.ts";
import { entityFields, generateOperations, isById } from "./generate-operations.ts";
import { userOf } from "./marked-merchants.ts";
import { foreignMarks, lookThrough, merchantIdOf, timeless } from "./marks.ts";
import { BOTH, openTenantGraph } from "./tenant-graph.ts";
import type { Tenants } from "./tenants.ts";

const USER = userOf("administrator", 1);

/** An id of another merchant is answered as one that nobody has, wherever an id can be given. */
export function foreignIds(tenants: () => Tenants): void {
  describe("foreign ids", () => {
    test("ids of others, of another kind or damaged are answered byte for byte as unknown ones, and change nothing", async () => {
      const { schema, ledger, graph } = tenants();
      const before = await tableDigests(ledger.url, UNCOUNTED);
      const kept = await keptSoFar(tenants());
      let compared = 0;
      for (const root of rootsWithIds(schema).filter(({ kind, field }) => kind !== "subscription" || isById(field))) {
        for (const { path } of idPlaces(root.field).filter(({ path: each }) => isTarget(root, each))) {
          await compare(tenants(), root, path);
          compared += 1;
        }
        if (root.kind === "mutation") await answerTo(tenants(), root, firstOf(tenants().ids(2)));
      }
      expect(compared).toBeGreaterThan(40);
      expect(await tableDigests(ledger.url, UNCOUNTED)).toEqual(before);
      expect(await keptSoFar(tenants())).toEqual(kept);
      const denied = await ledger.rows(DENIED, [merchantIdOf(1)]);
      expect(denied.length).toBeGreaterThan(5);
      expect(foreignMarks(graph.takeLog().replaceAll(merchantIdOf(2), ""), [1])).toEqual([]);
    });

    test("under one alias its own, under another nothing", async () => {
      const { schema, graph, ids } = tenants();
      for (const { field } of rootsWithIds(schema).filter(
        ({ kind, field: each }) => kind === "query" && isById(each),
      )) {
        const type = getNamedType(field.type).name;
        const both = { own: ids(1).get(type)?.[0], foreign: ids(2).get(type)?.[0] };
        const query = `query ($own: ID!, $foreign: ID!) { own: ${field.name}(id: $own) { id } foreign: ${field.name}(id: $foreign) { id } }`;
        const { data } = JSON.parse((await graph.ask(USER, query, both)).text);
        expect(data, field.name).toEqual({ own: { id: both.own }, foreign: null });
      }
    });

    test("a cursor that others were given leads to nothing of theirs", async () => {
      const { schema, graph, owners } = tenants();
      const lists = generateOperations(schema, { depth: 1, drawn: () => 0, seed: 1 }).filter(({ query }) =>
        query.includes("first: 100"),
      );
      expect(lists.length).toBeGreaterThan(10);
      for (const { root, plain } of lists) {
        const first = plain.replace("first: 100", "first: 1");
        const theirs = { merchantId: merchantIdOf(2) };
        const given = JSON.parse((await graph.ask(userOf("administrator", 2), first, theirs)).text);
        const cursor: unknown = given.data[root].pageInfo.endCursor;
        if (cursor === null) continue;
        const { text } = await graph.ask(
          USER,
          plain.replace("first: 100", `first: 100, after: ${JSON.stringify(cursor)}`),
          { merchantId: merchantIdOf(1) },
        );
        expect(lookThrough(JSON.parse(text), [1], owners).foreign, root).toEqual([]);
      }
    });

    test.each([[BOTH], [["row-security"]], [["application"]]] as const)(
      "with %s each subgraph gives entities of others as it gives unknown ones, over signed calls",
      async (guards) => {
        const guarded = await openTenantGraph(tenants().ledger, { all: guards });
        try {
          for (const subgraph of SUBGRAPHS) await compareEntities(subgraph, guarded, tenants());
        } finally {
          await guarded.close();
        }
      },
    );

    test("a file for a merchant of others is refused as one for a merchant that is not there", async () => {
      const { ledger, graph } = tenants();
      const upload = async (merchantId: string) => {
        const path = `/files?name=stray.csv&merchant=${merchantId}`;
        const { status, text } = await graph.post(USER, path, "a;b\n", { "content-type": "application/octet-stream" });
        return `${status} ${text.replaceAll(merchantId, "ID").replaceAll(REQUEST_ID, "UUID")}`;
      };
      const before = await tableDigests(ledger.url, UNCOUNTED);
      expect(await upload(merchantIdOf(2))).toBe(await upload("mer_nobody"));
      expect(await upload(merchantIdOf(2))).toMatch(/^403 /);
      expect(await tableDigests(ledger.url, UNCOUNTED)).toEqual(before);
    });
  });
}

/** What a mutation only filters by is no thing that it touches: an export of nothing is one nevertheless. */
const isTarget = ({ kind }: Root, path: string) => kind !== "mutation" || !/\bfilter\./.test(path);

type Root = ReturnType<typeof rootsWithIds>[number];

function rootsWithIds(schema: GraphQLSchema) {
  const rootsOf = (kind: string, type: GraphQLObjectType | null | undefined) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({ kind, field }));
  return [
    ...rootsOf("query", schema.getQueryType()),
    ...rootsOf("mutation", schema.getMutationType()),
    ...rootsOf("subscription", schema.getSubscriptionType()),
  ].filter(({ field }) => idPlaces(field).length > 0);
}

/** What comes of an operation, without what differs from one request to another: the ids asked for, and the request's. */
async function answerTo(
  { schema, graph, owners, ids }: Tenants,
  { kind, field }: Root,
  choose: ChooseId,
): Promise<string> {
  const given = new Set<string>();
  const variables = fillArguments(field, (place) => {
    const id = choose(place);
    if (id !== undefined && id !== ids(1).get(place.type)?.[0]) given.add(id);
    return id;
  });
  const query = operationWith(kind, field, entityFields(schema, getNamedType(field.type)));
  const accept = kind === "subscription" ? "text/event-stream" : "application/json";
  const headers = { "content-type": "application/json", accept };
  const reply = await graph.post(USER, "/graphql", JSON.stringify({ query, variables }), headers);
  const plain = [...given].reduce((text, id) => text.replaceAll(id, "ID"), reply.text);
  const seen = [...lookThrough([plain], [1], owners).foreign, ...foreignMarks(plain + reply.headers, [1])];
  expect(seen, query).toEqual([]);
  return `${reply.status} ${timeless(plain).replaceAll(REQUEST_ID, "UUID")}`;
}

const REQUEST_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** An id of the same shape that nobody has. */
const unknownLike = (id: string) => `${id.slice(0, 4)}${"0".repeat(Math.max(1, id.length - 4))}`;

/** The same place with an id of others, and with nobody's; whatever else takes an id has one of the user's own. */
async function compare(tenants: Tenants, root: Root, path: string): Promise<void> {
  const one =
    (swap: (id: string) => string): ChooseId =>
    (place) => {
      if (place.path !== path) return root.kind === "mutation" ? tenants.ids(1).get(place.type)?.[0] : undefined;
      return swap(theirId(tenants, place));
    };
  const unknown = await answerTo(tenants, root, one(unknownLike));
  for (const foreign of [(id: string) => id, () => tenants.ids(2).get("Discrepancy")?.[1] ?? "", damaged]) {
    expect(await answerTo(tenants, root, one(foreign)), `${root.field.name} ${path}`).toBe(unknown);
  }
}

function theirId({ ids }: Tenants, { type, path }: IdPlace): string {
  const id = ids(2).get(type)?.[0];
  expect(
    id,
    `nobody has a ${type} for \`${path}\`: make one in merchant-work.ts, or say in TYPES what it is`,
  ).toBeDefined();
  return id ?? "";
}

const damaged = (id: string) => `${id.slice(0, -1)}${id.endsWith("x") ? "y" : "x"}`;

/** Attempts are told in the audit of who made them; a refusal about what is theirs is kept for when it is sent again. */
const UNCOUNTED = ["delivery.audit_entry", "delivery.audit_head", "reconciliation.decision"];
const DENIED = "select from delivery.audit_entry where merchant_id = $1 and outcome = 'DENIED'";

/** What there is of all that may have grown: nothing at others, and nothing that was carried out. */
const keptSoFar = ({ ledger }: Tenants) =>
  ledger.rows(
    `select 'audit' as of, merchant_id, outcome, count(*) from delivery.audit_entry
     where merchant_id <> $1 or outcome = 'DONE' group by 1, 2, 3
     union all select 'decision', merchant_id, '', count(*) from reconciliation.decision where merchant_id <> $1 group by 1, 2
     order by 1, 2, 3`,
    [merchantIdOf(1)],
  );
