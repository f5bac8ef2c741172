import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";

export type OidcIssuer = { readonly issuer: string; readonly close: () => Promise<void> };

export const AUDIENCE = "urn:test:concord";
export const CLIENT_ID = "portal";

/**
 * An OpenID Connect server of another origin than the portal, where everyone signs in by the name they type. It knows the
 * portal as a public client, so it insists on PKCE, and its access tokens are JWTs for Concord.
 */
export async function openOidcIssuer(port: number, portalUrl: string): Promise<OidcIssuer> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        token_endpoint_auth_method: "none",
        redirect_uris: [`${portalUrl}/signed-in`],
        post_logout_redirect_uris: [`${portalUrl}/`],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: "ES256", use: "sig", kid: "one" }] },
    cookies: { keys: ["of no worth outside this test"] },
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    clientBasedCORS: (_, origin) => origin === portalUrl,
    extraTokenClaims: (_, token) => ({ name: "accountId" in token ? `${token.accountId}` : "nobody" }),
    features: {
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          audience: AUDIENCE,
          scope: "",
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
  });
  const server = createServer(provider.callback()).listen(port, "127.0.0.1");
  await once(server, "listening");
  return { issuer, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
