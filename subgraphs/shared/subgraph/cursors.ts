import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "../errors.ts";

/**
 * Where a page ends: the value it is sorted by, and the one after it where the sort has two, as text that PostgreSQL reads
 * back, and the id that breaks ties.
 */
export type Position = { readonly sortKey: string; readonly id: string; readonly secondKey?: string };

export type Cursors = {
  readonly seal: (list: string, position: Position) => string;
  /** Throws INVALID_CURSOR for a cursor that was altered or given for another list or sort. */
  readonly open: (list: string, cursor: string) => Position;
};

/**
 * Opaque, signed cursors. The name of the list and its sort go into the signature and not into the cursor, so that a
 * cursor is worth nothing elsewhere. All processes that serve one graph need the same keys: the first signs, and those of
 * the others are still taken, so that a key can be changed under people who are turning pages.
 */
export function createCursors(keys: Uint8Array | readonly Uint8Array[]): Cursors {
  const all = keys instanceof Uint8Array ? [keys] : keys;
  const [first] = all;
  if (!first) throw new Error("cursors need a key to be signed with");
  const sign = (key: Uint8Array, list: string, payload: string) =>
    createHmac("sha256", key).update(`${list}\u001f${payload}`).digest().subarray(0, SIGNATURE_BYTES);
  return {
    seal: (list, { sortKey, id, secondKey }) => {
      const payload = JSON.stringify(secondKey === undefined ? [sortKey, id] : [sortKey, id, secondKey]);
      return Buffer.concat([sign(first, list, payload), Buffer.from(payload)]).toString("base64url");
    },
    open: (list, cursor) => {
      const bytes = Buffer.from(cursor, "base64url");
      const payload = bytes.subarray(SIGNATURE_BYTES).toString();
      // A second spelling of the same bytes is an altered cursor as well.
      const isOurs =
        bytes.toString("base64url") === cursor &&
        bytes.length > SIGNATURE_BYTES &&
        all.map((key) => timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), sign(key, list, payload))).includes(true);
      if (!isOurs) throw new AppError("INVALID_CURSOR", "The cursor is not one we gave for this list and sort.");
      const [sortKey, id, secondKey] = JSON.parse(payload) as [string, string, string?];
      return { sortKey, id, ...(secondKey !== undefined && { secondKey }) };
    },
  };
}

const SIGNATURE_BYTES = 16;
