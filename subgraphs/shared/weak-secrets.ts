import { weaknessOf } from "./secret-strength.ts";

type Keys = readonly { readonly account: string; readonly key: string }[] | undefined;

/** The variables with secrets, as they were read. */
type Secrets = {
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_APP_URL?: string | undefined;
  readonly REDIS_URL?: string | undefined;
  readonly CONCORD_SECRET?: readonly string[] | undefined;
  readonly CONCORD_GATEWAY_KEYS?: readonly { readonly id: string; readonly secret: string }[] | undefined;
  readonly CONCORD_FILE_KEYS?: Keys;
  readonly CONCORD_CCV_KEYS?: Keys;
  readonly CONCORD_MOLLIE_KEYS?: Keys;
  readonly CONCORD_STRIPE_SECRETS?: Keys;
  readonly CONCORD_ADYEN_HMAC_KEYS?: readonly string[] | undefined;
};

/**
 * The variables whose secrets are too easy to guess, each with a sentence that does not show it. What nobody can reach
 * from elsewhere, a built-in database's process, may have any; keys of calls between machines never may.
 */
export function weakSecrets(secrets: Secrets, { embedded }: { readonly embedded: boolean }): [keyof Secrets, string][] {
  const found: [keyof Secrets, string | undefined][] = [
    ["CONCORD_GATEWAY_KEYS", firstOf(secrets.CONCORD_GATEWAY_KEYS, ({ secret }) => weaknessOf(secret))],
  ];
  if (!embedded) {
    found.push(
      ["CONCORD_SECRET", firstOf(secrets.CONCORD_SECRET, (secret) => weaknessOf(secret))],
      ["CONCORD_FILE_KEYS", firstOf(secrets.CONCORD_FILE_KEYS, ({ key }) => weaknessOf(key))],
      // Providers make these, of lengths of their own.
      ...(["CONCORD_CCV_KEYS", "CONCORD_MOLLIE_KEYS", "CONCORD_STRIPE_SECRETS"] as const).map(
        (name) =>
          [name, firstOf(secrets[name], ({ key }) => weaknessOf(withoutPrefix(key), GIVEN))] as const satisfies [
            keyof Secrets,
            unknown,
          ],
      ),
      [
        "CONCORD_ADYEN_HMAC_KEYS",
        firstOf(secrets.CONCORD_ADYEN_HMAC_KEYS, (key) => weaknessOf(key.split(":").at(-1) ?? "")),
      ],
      ...(["DATABASE_URL", "DATABASE_APP_URL", "REDIS_URL"] as const).map(
        (name) => [name, passwordWeakness(secrets[name])] as const satisfies [keyof Secrets, unknown],
      ),
    );
  }
  return found.flatMap(([name, weakness]) =>
    weakness === undefined ? [] : [[name, `${weakness}: ${ADVICE[name] ?? MAKE}`]],
  );
}

const MAKE = "make another with `openssl rand -base64 32`";
const ASK = "copy the one that the provider shows";
const PASSWORD = "give that role another password, such as `openssl rand -hex 24` makes";
const ADVICE: Partial<Record<keyof Secrets, string>> = {
  CONCORD_CCV_KEYS: ASK,
  CONCORD_MOLLIE_KEYS: ASK,
  CONCORD_STRIPE_SECRETS: ASK,
  CONCORD_ADYEN_HMAC_KEYS: ASK,
  DATABASE_URL: PASSWORD,
  DATABASE_APP_URL: PASSWORD,
  REDIS_URL: PASSWORD,
};

/** The shortest key of a provider, and the shortest password. */
const GIVEN = 16;

function firstOf<T>(
  list: readonly T[] | undefined,
  weaknessOfOne: (each: T) => string | undefined,
): string | undefined {
  const weakness = list?.map(weaknessOfOne).find((each) => each !== undefined);
  if (weakness === undefined) return undefined;
  return list?.length === 1 ? weakness : `has one that ${weakness}`;
}

/** `live_`, `whsec_`: a provider's own words. */
function withoutPrefix(key: string): string {
  return key.replace(/^(?:live|test|whsec|sk|rk|access)_/, "");
}

/** A store that is reached on this machine only, or without a password, is as open as its own settings say. */
function passwordWeakness(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { hostname, password } = new URL(url);
  if (password === "" || LOOPBACK.test(hostname)) return undefined;
  const weakness = weaknessOf(decodeURIComponent(password), GIVEN);
  return weakness && `has a password that ${weakness}`;
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|)$/;
