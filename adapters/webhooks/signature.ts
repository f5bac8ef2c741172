import { createHmac, timingSafeEqual } from "node:crypto";

/** HMAC-SHA256 of a text or of bytes. */
export function hmacOf(key: string | Buffer, ...parts: readonly (string | Buffer)[]): Buffer {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** True when a signature is one of those expected, told in a time that says nothing of how near it was. */
export function isOneOf(given: Buffer, expected: readonly Buffer[]): boolean {
  return expected.map((each) => each.length === given.length && timingSafeEqual(each, given)).includes(true);
}
