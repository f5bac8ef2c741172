import { createServer } from "node:http";
import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer, HeaderMap } from "@apollo/server";
import { ApolloServerPluginUsageReportingDisabled } from "@apollo/server/plugin/disabled";

/** @apollo/gateway in Apollo Server on bare node:http, which is faster than its standalone server. */
const apollo = new ApolloServer({
  gateway: new ApolloGateway({ supergraphSdl: process.env.BENCH_SUPERGRAPH }),
  plugins: [ApolloServerPluginUsageReportingDisabled()],
});
await apollo.start();

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.writeHead(500).end());
});
server.listen(0, "127.0.0.1", () => process.send({ url: `http://127.0.0.1:${server.address().port}/graphql` }));

async function answer(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: "POST",
      headers: new HeaderMap(Object.entries(request.headers)),
      search: "",
      body: JSON.parse(Buffer.concat(chunks).toString()),
    },
    context: async () => ({}),
  });
  response.writeHead(status ?? 200, Object.fromEntries(headers)).end(body.string);
}

// It ends with the benchmark, however that ends.
process.once("disconnect", () => process.exit());
