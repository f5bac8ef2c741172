import { join } from "node:path";
import { type JSONWebKeySet, SignJWT } from "jose";
import { AppError } from "../subgraphs/shared/errors.ts";
import type { Log } from "../subgraphs/shared/log.ts";
import { ALGORITHM, keptSigningKey } from "./development-key.ts";

/** Only those of `users` have a role. */
type DemoUser = { readonly userId: string; readonly name: string; readonly role?: string; readonly email?: string };

/** Signs tokens for demo users, and for the holder of any e-mail address, for anyone who asks. */
export type DevelopmentIssuer = {
  /** The `iss` of its tokens, which are ES256 with `sub`, `name`, `aud`, `iat`, `exp`, and `role` or `email`. */
  readonly issuer: string;
  readonly audience: string;
  /** What its tokens are checked with. */
  readonly publicKeys: JSONWebKeySet;
  /** By the name to ask for. */
  readonly users: Readonly<Record<string, DemoUser & { readonly role: string }>>;
  /**
   * By the name of a demo user, or by an e-mail address: so that who was invited can come, as by an issuer that has
   * verified the address. @throws AppError INVALID_INPUT for a name that is neither.
   */
  signIn(name: string): Promise<DemoSignIn>;
};

/** `expiresIn` is in seconds. */
type DemoSignIn = { readonly token: string; readonly expiresIn: number; readonly user: DemoUser };

const DEMO_USERS: DevelopmentIssuer["users"] = {
  administrator: { userId: "demo:administrator", name: "Demo administrator", role: "administrator" },
  finance: { userId: "demo:finance", name: "Demo finance", role: "finance" },
  viewer: { userId: "demo:viewer", name: "Demo viewer", role: "viewer" },
  adapter: { userId: "demo:adapter", name: "Demo adapter", role: "adapter" },
};

const ISSUER = "urn:concord:development-issuer";
const LIFETIME_S = 8 * 60 * 60;

/** @throws AppError BAD_CONFIGURATION when the key kept under `dataDir` cannot be read. */
export async function createDevelopmentIssuer(options: {
  readonly dataDir: string;
  readonly audience: string;
  readonly log: Log;
}): Promise<DevelopmentIssuer> {
  const { dataDir, audience, log } = options;
  const { privateKey, publicJwk } = await keptSigningKey(join(dataDir, "development-issuer"));
  log.warn(
    { users: Object.keys(DEMO_USERS) },
    "DEMO SIGN-IN IS ON: anyone who reaches this server can sign in as any demo user or address, without a password. " +
      "Set CONCORD_DEV_ISSUER=off wherever the data is real.",
  );
  return {
    issuer: ISSUER,
    audience,
    publicKeys: { keys: [publicJwk] },
    users: DEMO_USERS,
    async signIn(name) {
      const user = demoUser(name);
      const { role, email } = user;
      const token = await new SignJWT({
        name: user.name,
        ...(role !== undefined && { role }),
        ...(email !== undefined && { email, email_verified: true }),
      })
        .setProtectedHeader({ alg: ALGORITHM, typ: "at+jwt", ...(publicJwk.kid && { kid: publicJwk.kid }) })
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setSubject(user.userId)
        .setIssuedAt()
        .setExpirationTime(`${LIFETIME_S}s`)
        .sign(privateKey);
      return { token, expiresIn: LIFETIME_S, user };
    },
  };
}

function demoUser(name: string): DemoUser {
  const known = Object.hasOwn(DEMO_USERS, name) ? DEMO_USERS[name] : undefined;
  if (known) return known;
  const email = name.trim().toLowerCase();
  if (email.length <= 254 && ADDRESS.test(email)) return { userId: `demo:${email}`, name: email, email };
  const names = Object.keys(DEMO_USERS).join(", ");
  throw new AppError(
    "INVALID_INPUT",
    `There is no demo user by this name: ask for one of ${names}, or for an address.`,
  );
}

const ADDRESS = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/;
