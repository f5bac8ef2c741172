import { createServer } from "node:http";
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { unifiedGraphHandler } from "@graphql-hive/router-runtime";

/** Hive Gateway with its Rust planner; with `js` on the command line with the one it has by default. */
const gateway = createGatewayRuntime({
  supergraph: process.env.BENCH_SUPERGRAPH,
  logging: false,
  ...(process.argv[2] !== "js" && { unifiedGraphHandler }),
});
const server = createServer(gateway);
server.listen(0, "127.0.0.1", () => process.send({ url: `http://127.0.0.1:${server.address().port}/graphql` }));

// It ends with the benchmark, however that ends.
process.once("disconnect", () => process.exit());
