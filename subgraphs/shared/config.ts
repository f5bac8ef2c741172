import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { callKeys, moneyLimits, networks, onOff, origins, pairs, secrets, url, wholeNumber } from "./config-values.ts";
import { AppError } from "./errors.ts";
import { USUAL_MAX_AGE_S } from "./identity/verify-token.ts";
import { passwordFileFaults } from "./password-files.ts";
import { accountKeys, hmacKeys } from "./provider-keys.ts";
import { weakSecrets } from "./weak-secrets.ts";

/** The settings of one process. Optional ones are present and `undefined`, so that a reader cannot forget them. */
export type Config = Readonly<z.output<typeof SETTINGS>>;

/**
 * Reads the settings from environment variables; an empty variable counts as unset. This is the only reader of
 * `process.env`.
 * @throws AppError BAD_CONFIGURATION naming every faulty variable at once, never its value: it may hold a password.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const settings = SETTINGS.safeParse({ HOME: homedir(), ...given, environment: given });
  if (!settings.success) {
    throw new AppError("BAD_CONFIGURATION", `The environment is not usable:\n${z.prettifyError(settings.error)}`);
  }
  return Object.freeze(settings.data);
}

/** Every variable that is read; the README explains each. */
export const VARIABLES = z.object({
  PORT: wholeNumber(0, 65_535).default(4000),
  HOST: z.string().default("127.0.0.1"),
  CONCORD_DATA: z.string().optional(),
  DATABASE_URL: url("postgres", "postgresql").optional(),
  /** The same database as `DATABASE_URL`, as a role that owns nothing; requests are served through it. */
  DATABASE_APP_URL: url("postgres", "postgresql").optional(),
  REDIS_URL: url("redis", "rediss").optional(),
  DATABASE_PASSWORD_FILE: z.string().optional(),
  DATABASE_APP_PASSWORD_FILE: z.string().optional(),
  REDIS_PASSWORD_FILE: z.string().optional(),
  INBOX_DIR: z.string().optional(),
  CONCORD_REPORTS: z.string().optional(),
  CONCORD_REPORT_ORIGINS: origins().optional(),
  CONCORD_SAMPLES: onOff().default(true),
  CONCORD_QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, "must be lower case letters, digits and hyphens, at most 31")
    .default("concord"),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().default("concord"),
  JWKS_URL: url("https", "http").optional(),
  CONCORD_MAX_TOKEN_AGE_SECONDS: wholeNumber(60, 31_536_000).default(USUAL_MAX_AGE_S),
  JWT_ROLE_CLAIM: z.string().default("role"),
  JWT_ROLES: pairs().optional(),
  CONCORD_OIDC_CLIENT_ID: z.string().optional(),
  CONCORD_OIDC_SCOPE: z.string().default("openid profile"),
  CONCORD_LIMITS: z.string().optional(),
  CONCORD_EXPLAIN_ROLES: z.string().optional(),
  CONCORD_DEV_ISSUER: onOff().optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  SUBGRAPH_PORT: wholeNumber(0, 65_535).default(4001),
  WORKER_CONCURRENCY: wholeNumber(1, 64).default(2),
  CONCORD_LEASE_SECONDS: wholeNumber(2, 3_600).default(30),
  XDG_STATE_HOME: z.string().optional(),
  HOME: z.string(),
  CONCORD_RATE_LIMIT: wholeNumber(0, 99_999).default(10_000),
  CONCORD_MAX_IN_FLIGHT: wholeNumber(1, 99_999).default(256),
  CONCORD_TRUSTED_DOCUMENTS: z.string().optional(),
  CONCORD_TRUSTED_ONLY: onOff().default(false),
  CONCORD_SUPERGRAPH: z.string().optional(),
  CONCORD_METRICS_PORT: wholeNumber(0, 65_535).optional(),
  CONCORD_AS_OF: z.iso.date().optional(),
  CONCORD_CORS_ORIGINS: origins().optional(),
  CONCORD_TRUSTED_PROXIES: networks().optional(),
  CONCORD_SECRET: secrets().optional(),
  CONCORD_HSTS_SECONDS: wholeNumber(0, 63_072_000).default(0),
  CONCORD_GATEWAY_KEYS: callKeys().optional(),
  CONCORD_UNSIGNED_CALLS: onOff().default(false),
  CONCORD_FORCE_LIMITS: moneyLimits("EUR=100000"),
  TRANSACTIONS_URL: url("http", "https").default("http://127.0.0.1:4101/graphql"),
  RECONCILIATION_URL: url("http", "https").default("http://127.0.0.1:4105/graphql"),
  CONCORD_CCV_KEYS: accountKeys().optional(),
  CONCORD_CCV_URL: url("https", "http").default("https://api.psp.ccv.eu/api/v1"),
  CONCORD_ADYEN_HMAC_KEYS: hmacKeys().optional(),
  CONCORD_MOLLIE_KEYS: accountKeys().optional(),
  CONCORD_MOLLIE_URL: url("https", "http").default("https://api.mollie.com/v2"),
  CONCORD_STRIPE_SECRETS: accountKeys().optional(),
  CONCORD_FILE_KEYS: accountKeys().optional(),
  CONCORD_WEBHOOKS_PRIVATE: onOff().default(false),
  environment: z.record(z.string(), z.string()),
});

type Variables = z.output<typeof VARIABLES>;

const SETTINGS = VARIABLES.check((context) => {
  const { DATABASE_URL, DATABASE_APP_URL, JWKS_URL, JWT_ISSUER } = context.value;
  const { CONCORD_TRUSTED_ONLY, CONCORD_TRUSTED_DOCUMENTS } = context.value;
  const report = (name: keyof Variables, message: string) =>
    context.issues.push({ code: "custom", path: [name], message, input: undefined });
  if (DATABASE_APP_URL !== undefined && DATABASE_URL === undefined) {
    report("DATABASE_URL", "must be set when DATABASE_APP_URL is");
  }
  if (CONCORD_TRUSTED_ONLY && CONCORD_TRUSTED_DOCUMENTS === undefined) {
    report("CONCORD_TRUSTED_DOCUMENTS", "must be set when CONCORD_TRUSTED_ONLY is on");
  }
  for (const [name, fault] of passwordFileFaults(context.value)) report(name, fault);
  // What is not even written as it should be cannot be weighed.
  const weak = context.issues.length > 0 ? [] : weakSecrets(context.value, { embedded: DATABASE_URL === undefined });
  for (const [name, weakness] of weak) report(name, weakness);
  // Keys without an issuer would accept any token that the key server's owner ever signed, for whatever purpose.
  if (JWKS_URL !== undefined && JWT_ISSUER === undefined) report("JWT_ISSUER", "must be set when JWKS_URL is");
}).transform((variables) => {
  const dataDir = resolve(variables.CONCORD_DATA ?? defaultDataDir(variables));
  const embedded = variables.DATABASE_URL === undefined;
  return {
    port: variables.PORT,
    host: variables.HOST,
    dataDir,
    /** True when no DATABASE_URL is set: this process brings its own PostgreSQL, under `dataDir`. */
    embedded,
    databaseUrl: variables.DATABASE_URL,
    databaseAppUrl: variables.DATABASE_APP_URL,
    redisUrl: variables.REDIS_URL,
    /** Files with the passwords of these three, read for each new connection. */
    databasePasswordFile: variables.DATABASE_PASSWORD_FILE,
    databaseAppPasswordFile: variables.DATABASE_APP_PASSWORD_FILE,
    redisPasswordFile: variables.REDIS_PASSWORD_FILE,
    inboxDir: resolve(variables.INBOX_DIR ?? join(dataDir, "inbox")),
    reportsDir: resolve(variables.CONCORD_REPORTS ?? join(dataDir, "reports")),
    reportOrigins: variables.CONCORD_REPORT_ORIGINS ?? [],
    samples: variables.CONCORD_SAMPLES,
    queuePrefix: variables.CONCORD_QUEUE_PREFIX,
    jwtIssuer: variables.JWT_ISSUER,
    jwtAudience: variables.JWT_AUDIENCE,
    jwksUrl: variables.JWKS_URL,
    /** How long after its issue a token is good at most. */
    maxTokenAgeSeconds: variables.CONCORD_MAX_TOKEN_AGE_SECONDS,
    /** Where tokens have a role, and which of ours each of theirs is; without pairs theirs are taken as they are. */
    roleClaim: { path: variables.JWT_ROLE_CLAIM.split("."), names: variables.JWT_ROLES },
    /** The portal as the issuer knows it: a public client that proves itself by PKCE. */
    oidcClientId: variables.CONCORD_OIDC_CLIENT_ID,
    oidcScope: variables.CONCORD_OIDC_SCOPE,
    /** A file with what one request may ask for. */
    limits: variables.CONCORD_LIMITS,
    /** Roles that may ask for the plan and the cost of an operation. */
    explainRoles: (variables.CONCORD_EXPLAIN_ROLES ?? "").split(",").flatMap((role) => role.trim() || []),
    /** Signs tokens for anyone who asks, so it is off unless asked for wherever real data or a real issuer may be. */
    devIssuer: variables.CONCORD_DEV_ISSUER ?? (embedded && variables.JWKS_URL === undefined),
    logLevel: variables.LOG_LEVEL,
    subgraphPort: variables.SUBGRAPH_PORT,
    workerConcurrency: variables.WORKER_CONCURRENCY,
    /** How long a worker may be silent before another takes its work over. */
    leaseSeconds: variables.CONCORD_LEASE_SECONDS,
    /** Cost a second that one user may ask the gateway for; 0 for no bound. */
    rateLimit: variables.CONCORD_RATE_LIMIT,
    /** Operations that a gateway works on at once. */
    maxInFlight: variables.CONCORD_MAX_IN_FLIGHT,
    /** A manifest of registered documents, or a folder of them. */
    trustedDocuments: variables.CONCORD_TRUSTED_DOCUMENTS,
    trustedOnly: variables.CONCORD_TRUSTED_ONLY,
    /** A composed supergraph that `concord gateway` serves and follows; `supergraph.yaml` is composed without one. */
    supergraph: variables.CONCORD_SUPERGRAPH,
    /** Where the gateway's metrics are served, to this machine alone. */
    metricsPort: variables.CONCORD_METRICS_PORT,
    /** The day that delays are counted up to; today's where none is given. */
    asOf: variables.CONCORD_AS_OF,
    /** Origins whose pages may read the gateway's answers. */
    corsOrigins: variables.CONCORD_CORS_ORIGINS ?? [],
    /** Proxies that are believed whom they had a request from. */
    trustedProxies: variables.CONCORD_TRUSTED_PROXIES ?? [],
    /** What page cursors are signed with: the first signs, all are taken. Without one, one is made here and kept. */
    secrets: variables.CONCORD_SECRET,
    /** How long browsers are told to come by HTTPS only; 0 where nothing in front of the gateway ends TLS. */
    hstsSeconds: variables.CONCORD_HSTS_SECONDS,
    /** What the gateway signs calls to subgraphs with: the first signs, all of them are taken. */
    gatewayKeys: variables.CONCORD_GATEWAY_KEYS,
    unsignedCalls: variables.CONCORD_UNSIGNED_CALLS,
    /** What one person alone may force a match of: minor units by currency. */
    forceLimits: variables.CONCORD_FORCE_LIMITS,
    /** Where uploads are passed on to when subgraphs run in processes of their own. */
    transactionsUrl: variables.TRANSACTIONS_URL,
    reconciliationUrl: variables.RECONCILIATION_URL,
    /** Providers whose webhooks are taken; without its keys a provider has no address here. */
    webhooks: webhooksOf(variables),
    /** Providers whose machines have to sign the files that they upload. */
    fileKeys: variables.CONCORD_FILE_KEYS,
    /** Whether merchants' endpoints may be in a private network, and without TLS. */
    webhooksPrivate: variables.CONCORD_WEBHOOKS_PRIVATE,
    /** All variables that are set, for the placeholders of `supergraph.yaml`. */
    environment: variables.environment,
  };
});

function webhooksOf(variables: Variables) {
  const api = (accounts: Variables["CONCORD_CCV_KEYS"], base: string) =>
    accounts && { accounts, url: base.replace(/\/+$/, "") };
  const { CONCORD_ADYEN_HMAC_KEYS: keys, CONCORD_STRIPE_SECRETS: accounts } = variables;
  return {
    ccvPay: api(variables.CONCORD_CCV_KEYS, variables.CONCORD_CCV_URL),
    adyen: keys && { hmacKeys: keys },
    mollie: api(variables.CONCORD_MOLLIE_KEYS, variables.CONCORD_MOLLIE_URL),
    stripe: accounts && { accounts },
  };
}

/** Root gets a system folder because its home is closed to the unprivileged user that the built-in PostgreSQL runs as. */
function defaultDataDir({ XDG_STATE_HOME, HOME }: Variables): string {
  if (process.getuid?.() === 0) return "/var/lib/concord";
  const state =
    XDG_STATE_HOME !== undefined && isAbsolute(XDG_STATE_HOME) ? XDG_STATE_HOME : join(HOME, ".local/state");
  return join(state, "concord");
}
