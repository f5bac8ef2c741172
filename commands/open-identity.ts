import { createDevelopmentIssuer, type DevelopmentIssuer } from "../gateway/development-issuer.ts";
import type { Config } from "../subgraphs/shared/config.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import type { RoleClaim } from "../subgraphs/shared/identity/role-claim.ts";
import { createTokenVerifier, type VerifyToken } from "../subgraphs/shared/identity/verify-token.ts";
import type { Log } from "../subgraphs/shared/log.ts";

/** Who signs the tokens that this process accepts: an issuer of the operator's, or in development our own. */
export async function openIdentity({ config, log }: { readonly config: Config; readonly log: Log }): Promise<{
  readonly verifyToken: VerifyToken;
  readonly developmentIssuer: DevelopmentIssuer | undefined;
}> {
  const { dataDir, jwtAudience: audience, jwtIssuer, jwksUrl, roleClaim, maxTokenAgeSeconds: maxAgeSeconds } = config;
  if (config.devIssuer) {
    const developmentIssuer = await createDevelopmentIssuer({ dataDir, audience, log });
    const { issuer, publicKeys } = developmentIssuer;
    return {
      developmentIssuer,
      verifyToken: createTokenVerifier({ issuer, audience, keys: publicKeys, role: DEMO_ROLE, maxAgeSeconds }),
    };
  }
  if (jwksUrl === undefined || jwtIssuer === undefined) {
    throw new AppError(
      "BAD_CONFIGURATION",
      "nobody could sign in: set JWKS_URL and JWT_ISSUER, or CONCORD_DEV_ISSUER=on where the data is not real",
    );
  }
  const rules = { issuer: jwtIssuer, audience, keys: { url: jwksUrl }, role: roleClaim, maxAgeSeconds };
  const verifyToken = createTokenVerifier(rules);
  return { verifyToken, developmentIssuer: undefined };
}

/** Where the development issuer puts it, whatever the settings say of another issuer's tokens. */
const DEMO_ROLE: RoleClaim = { path: ["role"], names: undefined };
