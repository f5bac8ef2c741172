import type { ApolloServerPlugin } from "@apollo/server";
import { ERRORS } from "../../subgraphs/shared/errors.ts";

/** Gives an answer without `data` the HTTP status of its error, where Apollo says 400 whatever happened. */
export const failureStatus: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async willSendResponse({ response: { body, http } }) {
        if (body.kind !== "single" || body.singleResult.data !== undefined) return;
        const code = String(body.singleResult.errors?.[0]?.extensions?.["code"]);
        for (const [known, { status }] of Object.entries(ERRORS)) if (known === code) http.status = status;
      },
    };
  },
};
