import type { DevelopmentIssuer } from "../gateway/development-issuer.ts";
import { loadPortal } from "../gateway/portal/portal-files.ts";
import type { PortalOptions } from "../gateway/portal/portal-routes.ts";
import { demoSignIn, NO_SIGN_IN, oidcSignIn, type SignIn } from "../gateway/portal/sign-in.ts";
import type { Config } from "../subgraphs/shared/config.ts";
import type { Log } from "../subgraphs/shared/log.ts";
import { PORTAL_FILES } from "./portal-build.ts";

/** The portal as it was built, with the sign-in that the settings name; none where it was not built. */
export async function openPortal(
  config: Config,
  log: Log,
  issuer: DevelopmentIssuer | undefined,
): Promise<{ readonly portal?: PortalOptions }> {
  const files = await loadPortal(PORTAL_FILES);
  if (!files) log.warn("the portal is not built: run npm run build to have it at /");
  return files ? { portal: { files, signIn: signInOf(config, log, issuer), graphiql: issuer !== undefined } } : {};
}

function signInOf(config: Config, log: Log, issuer: DevelopmentIssuer | undefined): SignIn {
  if (issuer) return demoSignIn(issuer);
  const { jwtIssuer, jwtAudience: audience, oidcClientId: clientId, oidcScope: scope } = config;
  if (jwtIssuer === undefined || clientId === undefined) return NO_SIGN_IN;
  return oidcSignIn({ issuer: jwtIssuer, clientId, scope, audience }, log);
}
