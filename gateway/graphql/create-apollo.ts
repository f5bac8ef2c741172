import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";
import type { Log } from "../../subgraphs/shared/log.ts";
import { createErrorMask } from "../mask-errors.ts";
import type { EngineGateway, GraphqlContext } from "./engine-gateway.ts";
import { failureStatus } from "./failure-status.ts";

/** Starts Apollo Server over the engine, with nothing on that a client or an outside service could use unasked. */
export async function createApollo(options: {
  readonly gateway: EngineGateway;
  readonly log: Log;
  /** Most tokens of a document. */
  readonly maxTokens: number;
}): Promise<ApolloServer<GraphqlContext>> {
  const { gateway, log, maxTokens } = options;
  const apollo = new ApolloServer<GraphqlContext>({
    gateway,
    logger: log,
    formatError: createErrorMask(log),
    parseOptions: { maxTokens },
    // The engine validates, after the limits: Apollo has no step between parsing and validation, and validation is not
    // linear in the size of a document.
    dangerouslyDisableValidation: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    documentStore: createDocumentStore(),
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Not NODE_ENV's to decide: what is on and off here is the same everywhere.
    nodeEnv: "production",
    plugins: [
      failureStatus,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await apollo.start();
  return apollo;
}

/**
 * Parsed documents by number: Apollo's own store counts the length of their JSON, and syntax trees take several times
 * that, so that ten thousand different queries held 70 MB for good.
 */
function createDocumentStore(): DocumentStore {
  const documents = new LRUCache<string, DocumentNode>({ max: 1_000 });
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => void documents.set(key, document),
    delete: async (key) => documents.delete(key),
  };
}

type DocumentStore = NonNullable<ConstructorParameters<typeof ApolloServer>[0]["documentStore"]>;
