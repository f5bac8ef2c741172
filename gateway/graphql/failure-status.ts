import type { ApolloServerPlugin } from "@apollo/server";
import { ERRORS } from "../../subgraphs/shared/errors.ts";
import type { GraphqlContext } from "./engine-gateway.ts";

/**
 * Gives an answer without `data` the HTTP status of its error, where Apollo says 400 or even 200 whatever happened, and
 * leaves a line in the log: many of them from one user are an attack.
 */
export const failureStatus: ApolloServerPlugin<GraphqlContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ request, response: { body, http }, contextValue }) {
        if (body.kind !== "single" || body.singleResult.data !== undefined) return;
        const { code, limit, retryAfter } = body.singleResult.errors?.[0]?.extensions ?? {};
        const entry = Object.entries(ERRORS).find(([known]) => known === code)?.[1];
        const status = entry?.status ?? Math.max(400, http.status ?? 400);
        http.status = DOCUMENT_FAULTS.has(String(code)) && isLegacy(request.http?.headers.get("accept")) ? 200 : status;
        if (typeof retryAfter === "number") http.headers.set("retry-after", String(retryAfter));
        if (status < 500) {
          const { userId } = contextValue.run.caller ?? {};
          contextValue.log.info({ code, limit, userId }, "an operation was refused");
        }
      },
    };
  },
};

/** What the client can see to be wrong with its own document or variables. */
const DOCUMENT_FAULTS = new Set(["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"]);

/**
 * GraphQL over HTTP asks for status 200 here where a client accepts the older media type alone: it cannot tell another
 * status from one that a proxy gave. Refusals of ours (a limit, a budget, introspection) keep their own all the same.
 */
function isLegacy(accept = ""): boolean {
  return accept.includes("application/json") && !accept.includes("application/graphql-response+json");
}
