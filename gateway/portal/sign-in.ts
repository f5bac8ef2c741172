import { z } from "zod";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Log } from "../../subgraphs/shared/log.ts";
import type { DevelopmentIssuer } from "../development-issuer.ts";

/** How people sign in, as the portal is told. */
export type SignInSettings =
  | { readonly kind: "demo"; readonly users: readonly { readonly id: string; readonly role: string }[] }
  | ({
      readonly kind: "oidc";
      readonly clientId: string;
      readonly scope: string;
      readonly audience: string;
    } & Endpoints)
  | { readonly kind: "unreachable" }
  | { readonly kind: "none" };

export type SignIn = {
  readonly settings: () => Promise<SignInSettings>;
  /** Where the portal exchanges a code for a token, if that is another server's. */
  readonly tokenOrigin: () => Promise<string | undefined>;
};

/** A client that is registered with the issuer as public: it proves itself by PKCE and has no secret. */
export type OidcClient = {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly audience: string;
};

export function demoSignIn({ users }: DevelopmentIssuer): SignIn {
  const people = Object.entries(users).map(([id, { role }]) => ({ id, role }));
  return { settings: async () => ({ kind: "demo", users: people }), tokenOrigin: async () => undefined };
}

export const NO_SIGN_IN: SignIn = { settings: async () => ({ kind: "none" }), tokenOrigin: async () => undefined };

const DISCOVERY = z.object({
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  end_session_endpoint: z.url().optional(),
});

type Endpoints = {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly endSessionEndpoint: string | null;
};

/** The issuer tells its addresses itself; they are asked for again each hour, and until it answers. */
export function oidcSignIn({ issuer, ...client }: OidcClient, log: Log): SignIn {
  let known: { readonly endpoints: Promise<Endpoints>; readonly until: number } | undefined;
  const endpoints = () => {
    if (known && Date.now() < known.until) return known.endpoints;
    const asked = { endpoints: discover(issuer), until: Date.now() + HOUR_MS };
    known = asked;
    asked.endpoints.catch((error: unknown) => {
      log.error({ err: error }, "the issuer does not tell where people sign in");
      if (known === asked) known = undefined;
    });
    return asked.endpoints;
  };
  return {
    settings: () =>
      endpoints().then(
        (found) => ({ kind: "oidc", ...client, ...found }),
        () => ({ kind: "unreachable" }),
      ),
    tokenOrigin: () =>
      endpoints().then(
        ({ tokenEndpoint }) => new URL(tokenEndpoint).origin,
        () => undefined,
      ),
  };
}

const HOUR_MS = 3_600_000;

async function discover(issuer: string): Promise<Endpoints> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000), headers: { accept: "application/json" } });
  if (!response.ok) throw new AppError("BAD_CONFIGURATION", `${url} answers with ${response.status}.`);
  const found = DISCOVERY.parse(await response.json());
  return {
    authorizationEndpoint: found.authorization_endpoint,
    tokenEndpoint: found.token_endpoint,
    endSessionEndpoint: found.end_session_endpoint ?? null,
  };
}
