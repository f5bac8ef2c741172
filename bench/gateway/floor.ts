import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, request } from "undici";
import { DETAILS, OWN_LIST, OWN_ONE } from "./cases.ts";
import { SUBGRAPH_OF, type SubgraphName } from "./graph.ts";
import { FAMILIES, type Family, familyOf, idOf, indexOf } from "./rows.ts";

/**
 * What no gateway can beat by much: a server written for this one operation. `concatenate` passes the subgraphs' bytes
 * on without reading them (it knows the keys beforehand, as no gateway does); `merge` reads and joins them.
 */
type Variables = { readonly id?: string; readonly first?: number; readonly after?: number };
type Entity = { readonly __typename: Family; readonly id: string };

const urls = JSON.parse(process.env.BENCH_URLS ?? "{}") as Record<SubgraphName, string>;
const dispatcher = new Agent({ connections: 64 });
const answer = process.argv[2] === "merge" ? merge : concatenate;

const server = createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  incoming.on("end", () => {
    const { variables } = JSON.parse(Buffer.concat(chunks).toString()) as { variables: Variables };
    answer(variables).then(
      (body) =>
        response
          .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
          .end(body),
      () => response.writeHead(500).end(),
    );
  });
});
server.listen(0, "127.0.0.1", () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` });
});

async function concatenate(variables: Variables): Promise<string> {
  const indexes =
    variables.id === undefined
      ? Array.from({ length: variables.first ?? 0 }, (_, index) => (variables.after ?? 0) + index)
      : [indexOf(variables.id)];
  const root = await askRoot(variables);
  const entities = indexes.map((index) => ({ __typename: familyOf(index), id: idOf(index) }));
  const details = await Promise.all(byFamily(entities).map(([family, some]) => askDetails(family, some)));
  return `[${[root, ...details].join(",")}]`;
}

async function merge(variables: Variables): Promise<string> {
  const { data } = JSON.parse(await askRoot(variables)) as {
    data: { transactions?: Entity[]; transaction?: Entity };
  };
  const entities = data.transactions ?? (data.transaction ? [data.transaction] : []);
  await Promise.all(
    byFamily(entities).map(async ([family, some]) => {
      const answered = JSON.parse(await askDetails(family, some)) as { data: { _entities: object[] } };
      for (const [index, entity] of some.entries()) Object.assign(entity, answered.data._entities[index]);
    }),
  );
  return JSON.stringify({ data });
}

function byFamily(entities: readonly Entity[]): [Family, Entity[]][] {
  const groups = FAMILIES.map((family): [Family, Entity[]] => [
    family,
    entities.filter((entity) => entity.__typename === family),
  ]);
  return groups.filter(([, some]) => some.length > 0);
}

function askRoot(variables: Variables): Promise<string> {
  return ask("transactions", variables.id === undefined ? OWN_LIST : OWN_ONE, variables);
}

function askDetails(family: Family, entities: readonly Entity[]): Promise<string> {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${family} { ${DETAILS[family]} } } }`;
  const representations = entities.map(({ __typename, id }) => ({ __typename, id }));
  return ask(SUBGRAPH_OF[family], query, { representations });
}

async function ask(subgraph: SubgraphName, query: string, variables: object): Promise<string> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ query, variables });
  const answered = await request(urls[subgraph], { method: "POST", headers, body, dispatcher });
  return answered.body.text();
}

// It ends with the benchmark, however that ends.
process.once("disconnect", () => process.exit());
