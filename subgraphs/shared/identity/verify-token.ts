import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { AppError } from "../errors.ts";
import { type RoleClaim, roleOf } from "./role-claim.ts";

/**
 * Who a call acts for: the token's subject, a name for people to read, and the role that the issuer gives. That role
 * decides how much one request may ask for; what a user may see and do is in the memberships.
 */
export type Identity = {
  readonly userId: string;
  readonly name: string;
  readonly role?: string | undefined;
  /** In lower case, where the issuer says that it is verified. */
  readonly email?: string | undefined;
};

/** Takes the value of an `authorization` header. Throws UNAUTHENTICATED, or INTERNAL_ERROR when the keys are out of reach. */
export type VerifyToken = (authorization: string | undefined) => Promise<Identity>;

export type TokenRules = {
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer publishes its keys, or the keys themselves. */
  readonly keys: { readonly url: string } | JSONWebKeySet;
  /** Where a token has the role; without it tokens give none. */
  readonly role?: RoleClaim | undefined;
  /** How long after its issue a token is good, whatever end it names itself. */
  readonly maxAgeSeconds?: number | undefined;
  readonly now?: () => Date;
};

/** A day: longer than a shift, shorter than it takes a stolen token to be sold on. */
export const USUAL_MAX_AGE_S = 86_400;

/**
 * A verifier of access tokens. A verdict is kept until the token ends and at most a minute, so that six subgraphs do not
 * check one signature six times; only good verdicts are kept.
 */
export function createTokenVerifier(rules: TokenRules): VerifyToken {
  const { issuer, audience, keys, role, maxAgeSeconds = USUAL_MAX_AGE_S, now = () => new Date() } = rules;
  const keySet =
    "url" in keys && typeof keys.url === "string"
      ? createRemoteJWKSet(new URL(keys.url), { cooldownDuration: 30_000, timeoutDuration: 5_000 })
      : createLocalJWKSet(keys as JSONWebKeySet);
  const known = new LRUCache<string, { readonly identity: Identity; readonly until: number }>({ max: 20_000 });
  return async (authorization) => {
    const token = bearerToken(authorization);
    const at = now();
    const cached = known.get(token);
    if (cached && at.getTime() < cached.until) return cached.identity;
    const { payload, protectedHeader } = await jwtVerify(token, keySet, {
      algorithms: ["ES256", "EdDSA", "RS256"],
      issuer,
      audience,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ["sub", "exp"],
      // Asks for `iat` as well, and refuses one of the future.
      maxTokenAge: maxAgeSeconds,
      currentDate: at,
    }).catch(refuse);
    // The same issuer signs other things as well: an id token or a logout token is no access token.
    if (!ACCESS_TOKEN_TYPES.has(protectedHeader.typ?.toLowerCase())) throw unauthenticated("it is not an access token");
    const identity = identityOf(payload, role);
    const end = Math.min(Number(payload.exp), Number(payload.iat) + maxAgeSeconds) * 1000;
    known.set(token, { identity, until: Math.min(end, at.getTime() + LONGEST_MS) });
    return identity;
  };
}

const CLOCK_TOLERANCE_S = 30;
const LONGEST_MS = 60_000;
const ACCESS_TOKEN_TYPES: ReadonlySet<string | undefined> = new Set([undefined, "jwt", "at+jwt", "application/at+jwt"]);
/** Who acts without a token is called so in scopes and in the audit; no issuer may lend anybody such a name. */
const OURS = /^(?:machine|invitation|provider|system):/;
const LONGEST_TOKEN = 8_192;

function bearerToken(authorization: string | undefined): string {
  const token = /^bearer +([\w.-]+)$/i.exec(authorization?.trim() ?? "")?.[1];
  if (token === undefined) throw unauthenticated("send it as `Authorization: Bearer <token>`");
  if (token.length > LONGEST_TOKEN) throw unauthenticated("it is too long");
  return token;
}

function identityOf(payload: JWTPayload, claim: RoleClaim | undefined): Identity {
  if (!payload.sub) throw unauthenticated("it names no subject");
  if (OURS.test(payload.sub)) throw unauthenticated("its subject begins with a word of ours");
  const name = [payload["name"], payload["preferred_username"]].find((claim) => typeof claim === "string" && claim);
  const role = claim && roleOf(payload, claim);
  const { sub: userId, email, email_verified: isVerified } = payload;
  return {
    userId,
    name: typeof name === "string" ? name : userId,
    role,
    ...(isVerified === true && typeof email === "string" && { email: email.toLowerCase() }),
  };
}

/** A key server that is away is our fault, not the caller's: a 401 would send everyone to the sign-in page. */
function refuse(cause: unknown): never {
  const isTokens = cause instanceof errors.JOSEError && !OUT_OF_REACH.has(cause.code);
  if (isTokens) throw unauthenticated(cause.message, cause);
  throw new AppError("INTERNAL_ERROR", "The keys of the token issuer cannot be read; check JWKS_URL.", { cause });
}

const OUT_OF_REACH: ReadonlySet<string> = new Set(["ERR_JOSE_GENERIC", "ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID"]);

function unauthenticated(why: string, cause?: unknown): AppError {
  return new AppError("UNAUTHENTICATED", `The access token is missing, expired or not ours: ${why}.`, { cause });
}
