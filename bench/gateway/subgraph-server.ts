import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApolloServer, HeaderMap } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { type SubgraphName, schemaOf } from "./graph.ts";

/** A process of real Apollo Servers, one for each subgraph named on the command line; tells its parent their URLs. */
const urls: Record<string, string> = {};
for (const name of process.argv.slice(2)) urls[name] = await serve(name as SubgraphName);
process.send?.({ urls });

async function serve(name: SubgraphName): Promise<string> {
  const apollo = new ApolloServer({ schema: schemaOf(name), plugins: [ApolloServerPluginInlineTraceDisabled()] });
  await apollo.start();
  const server = createServer((request, response) => {
    answer(apollo, request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

async function answer(apollo: ApolloServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = new HeaderMap([["content-type", "application/json"]]);
  const result = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: "POST", headers, search: "", body: JSON.parse(Buffer.concat(chunks).toString()) },
    context: async () => ({}),
  });
  const body = result.body.kind === "complete" ? result.body.string : "";
  response.writeHead(result.status ?? 200, { ...Object.fromEntries(result.headers) }).end(body);
}

// It ends with the benchmark, however that ends.
process.once("disconnect", () => process.exit());
