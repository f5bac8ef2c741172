import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeServices as composeWithApollo } from "@apollo/composition";
import { buildSchema, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { CompositionError, composeSupergraph } from "../../gateway/composition/compose.ts";
import { assertSingleOwners } from "../../gateway/composition/single-owners.ts";
import { readSupergraphConfig } from "../../gateway/composition/supergraph-config.ts";

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@override", "@interfaceObject", "@external", "@requires"])`;

function subgraph(name: string, sdl: string) {
  return { name, url: `http://127.0.0.1/${name}`, sdl: `${LINK}\n${sdl}` };
}

function failureOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("composing", () => {
  test("subgraphs become one supergraph that knows where each of them is", () => {
    const { supergraphSdl } = composeSupergraph([
      subgraph("shop", `type Query { item: Item } type Item @key(fields: "id") { id: ID! }`),
      subgraph("stock", `type Item @key(fields: "id") { id: ID! inStock: Int }`),
    ]);
    expect(buildSchema(supergraphSdl, { assumeValid: true }).getQueryType()?.getFields()["item"]).toBeDefined();
    expect(supergraphSdl).toContain(`@join__graph(name: "stock", url: "http://127.0.0.1/stock")`);
  });

  test("a field that an interface object borrows is marked as its owner's, as the other composer does", () => {
    const payments = `type Query { payment: Payment }
      interface Payment @key(fields: "id") { id: ID! cents: Int }
      type Card implements Payment @key(fields: "id") { id: ID! cents: Int }`;
    const fees = `type Payment @interfaceObject @key(fields: "id") {
      id: ID! cents: Int @external fee: Int @requires(fields: "cents")
    }`;
    const subgraphs = [subgraph("payments", payments), subgraph("fees", fees)];
    const joins = (sdl: string | undefined) => {
      const field = /interface Payment[^}]*\bcents: Int([^\n]*)/.exec(sdl ?? "")?.[1];
      return field?.match(/@join__field\([^)]*\)/g)?.sort();
    };
    const other = composeWithApollo(subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
    expect(joins(composeSupergraph(subgraphs).supergraphSdl)).toEqual(joins(other.supergraphSdl));
    expect(joins(other.supergraphSdl)).toContain("@join__field(graph: FEES, external: true)");
  });

  test("a failure carries every problem with the composer's own code and message", () => {
    const error = failureOf(() =>
      composeSupergraph([
        subgraph("shop", `type Query { item: Item other: Int } type Item { id: ID! name: String }`),
        subgraph("stock", `type Query { other: Int } type Item { id: ID! name: String }`),
      ]),
    );
    expect(error).toBeInstanceOf(CompositionError);
    const { code, problems, message } = error as CompositionError;
    expect(code).toBe("COMPOSITION_FAILED");
    expect(problems.length).toBeGreaterThan(1);
    expect(new Set(problems.map((problem) => problem.code))).toEqual(new Set(["INVALID_FIELD_SHARING"]));
    for (const problem of problems) expect(message).toContain(problem.message);
  });

  test("a schema that does not parse is named with its subgraph", () => {
    const error = failureOf(() => composeSupergraph([{ name: "shop", url: "http://x", sdl: "type Query {" }]));
    expect((error as CompositionError).problems).toMatchObject([{ code: "INVALID_GRAPHQL", subgraph: "shop" }]);
  });
});

describe("owners of root fields", () => {
  test("a query field that two subgraphs resolve is named", () => {
    const { supergraphSdl } = composeSupergraph([
      subgraph("ccv", `type Query { payments: [Int] @shareable mine: Int }`),
      subgraph("vouchers", `type Query { payments: [Int] @shareable }`),
    ]);
    expect(() => assertSingleOwners(supergraphSdl)).toThrow(/Query\.payments \(CCV, VOUCHERS\)$/);
  });

  test("a mutation field that only some of the subgraphs share is named", () => {
    const { supergraphSdl } = composeSupergraph([
      subgraph("a", `type Query { a: Int } type Mutation { book: Int @shareable }`),
      subgraph("b", `type Mutation { book: Int @shareable }`),
      subgraph("c", `type Mutation { other: Int }`),
    ]);
    expect(() => assertSingleOwners(supergraphSdl)).toThrow(/Mutation\.book \(A, B\)$/);
  });

  test("a field that moved from one subgraph to another has one owner", () => {
    const { supergraphSdl } = composeSupergraph([
      subgraph("a", `type Query { kept: Int moved: Int }`),
      subgraph("b", `type Query { moved: Int @override(from: "a") }`),
    ]);
    expect(() => assertSingleOwners(supergraphSdl)).not.toThrow();
  });
});

describe("supergraph.yaml", () => {
  async function folder(files: Record<string, string>): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "supergraph-"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
    return join(path, "supergraph.yaml");
  }
  const yaml = (url: string) =>
    `federation_version: =2.9.0\nsubgraphs:\n  shop:\n    routing_url: ${url}\n    schema:\n      file: ./shop.graphql\n`;

  test("schema files are found beside it, and placeholders are filled from the environment that is given", async () => {
    const url = `http://\${env.SHOP_HOST:localhost}:\${env.SHOP_PORT}/graphql`;
    const path = await folder({ "supergraph.yaml": yaml(url), "shop.graphql": "type Query { a: Int }" });
    const config = await readSupergraphConfig(path, { SHOP_PORT: "4001" });
    expect(config).toEqual({
      federationVersion: "=2.9.0",
      subgraphs: [{ name: "shop", url: "http://localhost:4001/graphql", sdl: "type Query { a: Int }" }],
    });
    expect(parse(config.subgraphs[0]?.sdl ?? "").definitions).toHaveLength(1);
    const other = await readSupergraphConfig(path, { SHOP_HOST: "shop", SHOP_PORT: "1" });
    expect(other.subgraphs[0]?.url).toBe("http://shop:1/graphql");
  });

  test("what is missing is named: a variable, a schema file, a key", async () => {
    const path = await folder({ "supergraph.yaml": yaml(`http://\${env.SHOP_HOST}`), "shop.graphql": "" });
    await expect(readSupergraphConfig(path, {})).rejects.toMatchObject({
      code: "BAD_CONFIGURATION",
      message: expect.stringContaining("SHOP_HOST"),
    });
    const noFile = await folder({ "supergraph.yaml": yaml("http://x") });
    await expect(readSupergraphConfig(noFile, {})).rejects.toThrow(/Cannot read .*shop\.graphql/);
    const noUrl = await folder({ "supergraph.yaml": "subgraphs:\n  shop:\n    schema:\n      file: a\n" });
    await expect(readSupergraphConfig(noUrl, {})).rejects.toThrow(/routing_url/);
  });
});
