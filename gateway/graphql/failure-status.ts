import type { ApolloServerPlugin } from "@apollo/server";
import type { GraphqlContext } from "./engine-gateway.ts";
import { refusalHead } from "./refusal-status.ts";

/** Gives an answer without `data` the HTTP status of its error, where Apollo says 400 or even 200 whatever happened. */
export const failureStatus: ApolloServerPlugin<GraphqlContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ request, response: { body, http }, contextValue: { run, log } }) {
        if (body.kind !== "single" || body.singleResult.data !== undefined) return;
        const { status, headers } = refusalHead({
          error: body.singleResult.errors?.[0],
          accept: request.http?.headers.get("accept"),
          least: http.status,
          userId: run.caller?.userId,
          log,
        });
        http.status = status;
        for (const [name, value] of Object.entries(headers)) http.headers.set(name, value);
      },
    };
  },
};
