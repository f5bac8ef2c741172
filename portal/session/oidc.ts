import { beginSession } from "./session.ts";
import type { OidcSettings } from "./settings.ts";

/** What has to be the same when the issuer sends the browser back. */
type Pending = { readonly state: string; readonly verifier: string; readonly returnTo: string };

const KEPT = "concord.sign-in";

/** Where the issuer sends the browser back to; register it with the client. */
export const CALLBACK_PATH = "/signed-in";

/** Leaves for the issuer's page, with PKCE: a code that is overheard is of no use without the verifier kept here. */
export async function leaveForIssuer(settings: OidcSettings): Promise<void> {
  const pending = { state: randomText(), verifier: randomText(), returnTo: returnPath() } satisfies Pending;
  sessionStorage.setItem(KEPT, JSON.stringify(pending));
  const url = new URL(settings.authorizationEndpoint);
  const challenge = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier));
  const parameters = {
    response_type: "code",
    client_id: settings.clientId,
    redirect_uri: callbackUrl(),
    scope: settings.scope,
    audience: settings.audience,
    state: pending.state,
    code_challenge: base64Url(new Uint8Array(challenge)),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  window.location.assign(url);
}

/**
 * Exchanges the code that the issuer sent along for a token.
 * @returns where the person was going
 * @throws Error where the answer is not to what this tab has asked, or holds no token
 */
export async function returnFromIssuer(settings: OidcSettings, search: string): Promise<string> {
  const pending = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Pending | null;
  sessionStorage.removeItem(KEPT);
  const given = new URLSearchParams(search);
  const code = given.get("code");
  if (!pending || code === null || given.get("state") !== pending.state) {
    throw new Error(given.get("error_description") ?? given.get("error") ?? "the sign-in was not begun here");
  }
  const response = await fetch(settings.tokenEndpoint, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: settings.clientId,
      redirect_uri: callbackUrl(),
      code,
      code_verifier: pending.verifier,
    }),
  });
  if (!response.ok) throw new Error(`the issuer answers with ${response.status}`);
  const body = (await response.json()) as { readonly access_token?: string; readonly expires_in?: number };
  if (body.access_token === undefined) throw new Error("the issuer gave no access token");
  beginSession({ token: body.access_token, expiresAt: Date.now() + (body.expires_in ?? 300) * 1_000 });
  return pending.returnTo;
}

/** Ends the issuer's own session too, where it tells how. */
export function leaveForSignOut({ endSessionEndpoint, clientId }: OidcSettings): void {
  if (endSessionEndpoint === null) return;
  const url = new URL(endSessionEndpoint);
  url.searchParams.set("client_id", clientId);
  url.searchParams.set("post_logout_redirect_uri", `${window.location.origin}/`);
  window.location.assign(url);
}

function returnPath(): string {
  return window.location.pathname === CALLBACK_PATH ? "/" : window.location.pathname + window.location.search;
}

function callbackUrl(): string {
  return window.location.origin + CALLBACK_PATH;
}

function randomText(): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
}
