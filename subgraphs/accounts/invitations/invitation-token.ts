import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const TOKEN = /^cinv\.(inv_[\w-]{20})\.([\w-]{43})$/;

/** A token for an invitation: its text is shown once, and what is kept cannot be turned back into it. */
export function newInvitationToken(id: string) {
  const secret = randomBytes(32).toString("base64url");
  return { hash: hashOf(secret), text: ["cinv", id, secret].join(".") };
}

/** What a token says which invitation it is of, and whether it is the one whose hash was kept. */
export function readInvitationToken(text: string) {
  const [, id, secret] = TOKEN.exec(text.trim()) ?? [];
  if (!id || !secret) return undefined;
  return { id, fits: (hash: string) => timingSafeEqual(Buffer.from(hash), Buffer.from(hashOf(secret))) };
}

const hashOf = (secret: string) => createHash("sha256").update(secret).digest("hex");
