import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "../../shared/errors.ts";

/** Keys that a provider's machines sign their files with; two while one takes the other's place. */
export type FileKeys = readonly { readonly account: string; readonly key: string }[];

/** `t=…,v1=…`: seconds since the epoch, and the HMAC-SHA256 in hexadecimal of `t.` and the file's SHA-256 in hexadecimal. */
export const FILE_SIGNATURE_HEADER = "x-file-signature";

/**
 * Proves that a file is what a provider's machine meant to send, and that it meant it now. A provider without a key does
 * not sign. Throws UNAUTHENTICATED where the signature is missing, of another file, of another key or five minutes old.
 */
export function assertSigned(
  { sha256, signature }: { readonly sha256: string; readonly signature: string | undefined },
  { provider, keys, now = Date.now() }: { provider: string | null; keys: FileKeys; now?: number },
): void {
  const own = keys.filter(({ account }) => account === provider);
  if (own.length === 0) return;
  const [, time = "", given = ""] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature ?? "") ?? [];
  if (given === "") throw refused(provider, `${FILE_SIGNATURE_HEADER} must be t=SECONDS,v1=HMAC`);
  const age = Math.abs(now - Number(time) * 1_000);
  if (age > TOLERANCE_MS)
    throw refused(provider, `it is ${Math.round(age / 1_000)} s old: sign anew, by a clock that is right`);
  const isGenuine = own
    .map(({ key }) => createHmac("sha256", key).update(`${time}.${sha256}`).digest())
    .map((expected) => timingSafeEqual(expected, Buffer.from(given, "hex")))
    .includes(true);
  if (!isGenuine) throw refused(provider, "it is not of this file and a key of ours");
}

const TOLERANCE_MS = 300_000;

function refused(provider: string | null, why: string): AppError {
  return new AppError("UNAUTHENTICATED", `files of ${provider} must be signed, and the signature is not good: ${why}`);
}
