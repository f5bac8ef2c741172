import { createServer } from "node:http";
import { unifiedGraphHandler } from "@graphql-hive/router-runtime";
import { buildHTTPExecutor } from "@graphql-tools/executor-http";
import { buildASTSchema, parse } from "graphql";
import { createYoga } from "graphql-yoga";

/** GraphQL Yoga over the executor of Hive's router runtime, without the rest of Hive Gateway. */
const sdl = process.env.BENCH_SUPERGRAPH;
const executors = new Map(
  Object.entries(JSON.parse(process.env.BENCH_URLS)).map(([name, endpoint]) => [
    name.toUpperCase().replaceAll("-", "_"),
    buildHTTPExecutor({ endpoint }),
  ]),
);
const { unifiedGraph, executor } = await unifiedGraphHandler({
  unifiedGraph: buildASTSchema(parse(sdl), { assumeValidSDL: true }),
  getUnifiedGraphSDL: () => sdl,
  onSubgraphExecute: (name, request) => executors.get(name.toUpperCase().replaceAll("-", "_"))(request),
});
const useExecutor = {
  onExecute({ setExecuteFn }) {
    setExecuteFn(({ document, variableValues, operationName, contextValue, rootValue }) =>
      executor({ document, variables: variableValues, operationName, context: contextValue, rootValue }),
    );
  },
};
const server = createServer(
  createYoga({ schema: unifiedGraph, plugins: [useExecutor], logging: false, graphiql: false, landingPage: false }),
);
server.listen(0, "127.0.0.1", () => process.send({ url: `http://127.0.0.1:${server.address().port}/graphql` }));

// It ends with the benchmark, however that ends.
process.once("disconnect", () => process.exit());
