import { pino } from "pino";
import { Directive, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import { afterAll, expect, test } from "vitest";
import { composeSupergraph } from "../../gateway/composition/compose.ts";
import { defineSubgraph } from "../../subgraphs/shared/subgraph/define-subgraph.ts";
import type { Services } from "../../subgraphs/shared/subgraph/request-context.ts";
import { type SubgraphServer, serveSubgraph } from "../../subgraphs/shared/subgraph/serve-subgraph.ts";

@Directive("@rare")
@Directive('@key(fields: "isbn")')
@ObjectType("Book")
class Book {
  @Field(() => ID)
  isbn!: string;

  @Directive('@tag(name: "catalogue")')
  @Field(() => String, { nullable: true })
  title!: string | null;
}

@Resolver(() => Book)
class BookResolver {
  @Query(() => Book, { nullable: true })
  anyBook() {
    return { isbn: "1", title: "Ledgers" };
  }
}

const library = defineSubgraph({
  name: "library",
  resolvers: [BookResolver],
  federation: {
    version: "2.3",
    directives: ["@key", "@tag", "@composeDirective"],
    beside: `
      extend schema @link(url: "https://library.test/rare/v1.0", import: ["@rare"]) @composeDirective(name: "@rare")
      directive @rare on OBJECT`,
  },
});

/** Nobody is asked who they are: what is under test is federation, and no table stands behind it. */
const services = {
  verifyToken: async () => ({ userId: "anyone" }),
  grantsOf: async () => new Map(),
  cursorKey: new Uint8Array(32),
  log: pino({ level: "silent" }),
} as unknown as Services;

const servers: SubgraphServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

async function ask(query: string, options: { readonly traces?: boolean }) {
  const server = await serveSubgraph(library, services, { host: "127.0.0.1", port: 0, ...options });
  servers.push(server);
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", "apollo-federation-include-trace": "ftv1" },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

test("a subgraph may use more of federation than ours do, and directives of its own", () => {
  expect(library.sdl).toContain("federation/v2.3");
  expect(library.sdl).toContain('title: String @tag(name: "catalogue")');
  const { supergraphSdl } = composeSupergraph([{ name: "library", url: "http://library.test", sdl: library.sdl }]);
  expect(supergraphSdl).toMatch(/type Book[^{]*@rare/);
});

test("traces are given where they were asked for at the start, and never otherwise", async () => {
  const query = "{ anyBook { isbn title } }";
  const data = { anyBook: { isbn: "1", title: "Ledgers" } };
  expect(await ask(query, { traces: true })).toEqual({ data, extensions: { ftv1: expect.any(String) } });
  expect(await ask(query, {})).toEqual({ data });
});
