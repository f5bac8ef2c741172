import { type DocumentNode, execute, parse, validate } from "graphql";
import type { JSONWebKeySet } from "jose";
import { callSigner } from "../../commands/call-keys.ts";
import type { SubgraphCaller } from "../../gateway/engine/subgraph.ts";
import { createMemoryBuckets } from "../../gateway/rate-limit/memory-buckets.ts";
import { budgetsOf, createRateLimiter } from "../../gateway/rate-limit/rate-limiter.ts";
import { startGateway } from "../../gateway/start-gateway.ts";
import { createTokenVerifier } from "../../subgraphs/shared/identity/verify-token.ts";
import { createLog } from "../../subgraphs/shared/log.ts";
import { SUBGRAPHS, type SubgraphName, schemaOf } from "./graph.ts";
import { AUDIENCE, ISSUER } from "./sign-in.ts";

/**
 * Our gateway as it is started in production: calls signed, tokens verified, requests limited, counted and rationed.
 * Told `in-process`, it runs the subgraphs itself; `without-…` leaves one of these out, to tell what it costs.
 */
const [mode, ...left] = process.argv.slice(2);
const has = (feature: string) => !left.includes(`without-${feature}`);
const supergraphSdl = process.env.BENCH_SUPERGRAPH ?? "";
const keys = JSON.parse(process.env.BENCH_KEYS ?? "{}") as JSONWebKeySet;
const callers = Object.fromEntries(SUBGRAPHS.map((name) => [name, callerOf(name)]));
const verifyToken = createTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys });
// Nobody is turned away: it is the bookkeeping that is measured.
const rateLimiter = createRateLimiter(createMemoryBuckets(), budgetsOf(1e9));

const { url } = await startGateway({
  config: { host: "127.0.0.1", port: 0, metricsPort: has("metrics") ? 0 : undefined },
  log: createLog({ logLevel: "info" }, { service: "gateway" }),
  supergraphSdl,
  ...(mode === "in-process" && { callers }),
  ...(has("signing") && { calls: { sign: callSigner([{ id: "bench", secret: "s".repeat(32) }]) } }),
  ...(has("rate-limit") && { rateLimiter }),
  identity: has("identity")
    ? (token) => verifyToken(`Bearer ${token}`)
    : async () => ({ userId: "usr_bench", name: "Bench" }),
  limits: { all: { listSize: 500 } },
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
