import { z } from "zod";

/** `account:key`, comma separated; an account may stand twice while its key changes. */
export function accountKeys() {
  const message =
    "must be account:key, or several split by commas; an account has no colon, a key has 6 characters or more";
  return z
    .string()
    .transform((text) => text.split(",").map((pair) => /^([^:\s]{1,100}):(\S{6,})$/.exec(pair.trim())))
    .refine((pairs) => pairs.every((pair) => pair !== null), message)
    .transform((pairs) => pairs.map((pair) => ({ account: pair?.[1] ?? "", key: pair?.[2] ?? "" })));
}

/**
 * Keys of 32 bytes as Adyen shows them, in hexadecimal digits, comma separated: `account:key` for one merchant account, a
 * key alone for any.
 */
export function hmacKeys() {
  return z
    .string()
    .transform((text) => text.split(",").map((key) => key.trim()))
    .refine(
      (keys) => keys.every((key) => /^(?:[^:\s]{1,100}:)?[0-9a-f]{64}$/i.test(key)),
      "must be keys of 64 hexadecimal digits, each alone or as account:key, with commas",
    );
}
