import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApolloServer, HeaderMap } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import type { Answering } from "./answering.ts";
import { type SubgraphName, schemaOf } from "./graph.ts";
import { compileAnswer } from "./written-answers.ts";

/** A process of subgraphs, those named on the command line; tells its parent their URLs, and answers as it is told. */
type Posted = { readonly query: string; readonly variables?: Readonly<Record<string, unknown>> };
type Answered = { readonly status: number; readonly body: string };

let answering: Answering = "executed";
const written = new Map<string, ReturnType<typeof compileAnswer>>();

const urls: Record<string, string> = {};
for (const name of process.argv.slice(2)) urls[name] = await serve(name as SubgraphName);
process.send?.({ urls });
process.on("message", (message: Answering) => {
  answering = message;
  process.send?.("understood");
});

async function serve(name: SubgraphName): Promise<string> {
  const apollo = new ApolloServer({ schema: schemaOf(name), plugins: [ApolloServerPluginInlineTraceDisabled()] });
  await apollo.start();
  const server = createServer((request, response) => {
    readAll(request, (text) => {
      const posted = JSON.parse(text) as Posted;
      if (answering === "written") return send(response, { status: 200, body: write(posted) });
      execute(apollo, posted).then(
        (answered) => send(response, answered),
        () => send(response, { status: 500, body: "" }),
      );
    });
  });
  // Gateways keep their sockets through the turns of the others.
  server.keepAliveTimeout = 10 * 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

function readAll(request: IncomingMessage, whole: (text: string) => void): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => whole(Buffer.concat(chunks).toString()));
}

function send(response: ServerResponse, { status, body }: Answered): void {
  const headers = { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(body) };
  response.writeHead(status, headers).end(body);
}

function write({ query, variables = {} }: Posted): string {
  const answer = written.get(query) ?? compileAnswer(query);
  written.set(query, answer);
  return answer(variables);
}

async function execute(apollo: ApolloServer, body: Posted): Promise<Answered> {
  const headers = new HeaderMap([["content-type", "application/json"]]);
  const result = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: "POST", headers, search: "", body },
    context: async () => ({}),
  });
  return { status: result.status ?? 200, body: result.body.kind === "complete" ? result.body.string : "" };
}

// It ends with the benchmark, however that ends.
process.once("disconnect", () => process.exit());
