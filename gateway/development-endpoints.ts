import { AppError } from "../subgraphs/shared/errors.ts";
import type { DevelopmentIssuer } from "./development-issuer.ts";
import { answerJson } from "./http/answer.ts";
import { readJson } from "./http/read-json.ts";
import type { Handler } from "./http/router.ts";

const SIGN_IN_BODY = { maxBytes: 1_024, timeoutMs: 5_000 };

/** `{"user":"finance"}` gets that demo user's token. JSON only, which no page of another origin can send unasked. */
export function createTokenEndpoint(issuer: DevelopmentIssuer): Handler {
  return async ({ request, response }) => {
    const body = await readJson(request, SIGN_IN_BODY);
    const user = typeof body === "object" && body !== null && "user" in body ? body.user : undefined;
    if (typeof user !== "string") {
      throw new AppError("INVALID_INPUT", `The body has no text "user": send {"user":"administrator"}.`);
    }
    answerJson(response, 200, await issuer.signIn(user));
  };
}

/** The public key, where JWKS_URL of another process may point. */
export function createKeysEndpoint({ publicKeys }: DevelopmentIssuer): Handler {
  return ({ response }) => answerJson(response, 200, publicKeys);
}
