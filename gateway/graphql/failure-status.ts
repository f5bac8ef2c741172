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
      async willSendResponse({ response: { body, http }, contextValue }) {
        if (body.kind !== "single" || body.singleResult.data !== undefined) return;
        const { code, limit, retryAfter } = body.singleResult.errors?.[0]?.extensions ?? {};
        const entry = Object.entries(ERRORS).find(([known]) => known === code)?.[1];
        http.status = entry?.status ?? Math.max(400, http.status ?? 400);
        if (typeof retryAfter === "number") http.headers.set("retry-after", String(retryAfter));
        if (http.status < 500) {
          const { userId } = contextValue.run.caller ?? {};
          contextValue.log.info({ code, limit, userId }, "an operation was refused");
        }
      },
    };
  },
};
