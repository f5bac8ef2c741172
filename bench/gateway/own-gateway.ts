import { type DocumentNode, execute, parse, validate } from "graphql";
import type { SubgraphCaller } from "../../gateway/engine/subgraph.ts";
import { startGateway } from "../../gateway/start-gateway.ts";
import { createLog } from "../../subgraphs/shared/log.ts";
import { SUBGRAPHS, type SubgraphName, schemaOf } from "./graph.ts";

/** Our gateway as it is started in production; told `in-process`, it runs the subgraphs itself. */
const supergraphSdl = process.env.BENCH_SUPERGRAPH ?? "";
const callers = Object.fromEntries(SUBGRAPHS.map((name) => [name, callerOf(name)]));

const { url } = await startGateway({
  config: { host: "127.0.0.1", port: 0 },
  log: createLog({ logLevel: "error" }, { service: "gateway" }),
  supergraphSdl,
  ...(process.argv[2] === "in-process" && { callers }),
  identity: async () => ({ userId: "bench", name: "bench" }),
  receiveFile: () => Promise.reject(new Error("no files here")),
  readiness: async () => ({}),
  graphiql: false,
});
process.on("message", () => {
  globalThis.gc?.();
  process.send?.({ heapUsed: process.memoryUsage().heapUsed });
});
process.send?.({ url: `${url}/graphql` });

/** Parses and validates each of the gateway's few queries once, as the product's in-process calls do. */
function callerOf(name: SubgraphName): SubgraphCaller {
  const schema = schemaOf(name);
  const documents = new Map<string, DocumentNode>();
  return async ({ query, operationName, variables }) => {
    let document = documents.get(query);
    if (!document) {
      document = parse(query);
      const [problem] = validate(schema, document);
      if (problem) throw problem;
      documents.set(query, document);
    }
    const { data, errors } = await execute({ schema, document, variableValues: variables, operationName });
    return errors ? { data, errors: errors.map((error) => error.toJSON()) } : { data };
  };
}

// It ends with the benchmark, however that ends.
process.once("disconnect", () => process.exit());
