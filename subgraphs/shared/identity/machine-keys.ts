import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { DataSource } from "typeorm";
import { inScope } from "../database/scope.ts";
import { AppError } from "../errors.ts";
import { randomId } from "../ids.ts";

/** Who a machine's key speaks for, where it is good. */
type KnownMachine = {
  /** `machine:mac_…`: what acts, for grants and the audit. */
  readonly userId: string;
  readonly merchantId: string;
  readonly name: string;
};

/** A key to be given to a machine: its text is shown once, and what is kept cannot be turned back into it. */
export function newMachineKey(machineId: string) {
  const id = randomId("key");
  const secret = randomBytes(32).toString("base64url");
  return { id, hash: hashOf(secret), text: ["cmk", machineId, id, secret].join(".") };
}

/** Whether an `authorization` says that it is a machine's key; that proves nothing yet. */
export const isMachineKey = (authorization: string | undefined) => /^bearer +cmk\./i.test(authorization?.trim() ?? "");

/**
 * Asks the database each time, so that a key which is revoked is of no use from that moment on.
 * @throws AppError UNAUTHENTICATED, with one text for a key that is unknown, wrong, over or revoked
 */
export async function verifyMachineKey(database: DataSource, authorization: string | undefined): Promise<KnownMachine> {
  const [, machineId, keyId, secret] = KEY.exec(authorization?.trim() ?? "") ?? [];
  if (!machineId || !keyId || !secret) throw notGood();
  const userId = `machine:${machineId}`;
  const [found] = await inScope(database, { merchants: [], user: userId }, ({ query }) =>
    query<Found>(FIND, [machineId, keyId], "machine-key"),
  );
  if (!found || !isSame(found.hash, hashOf(secret))) throw notGood();
  const { merchantId, name } = found;
  if (found.isUnnoted) {
    await inScope(database, { merchants: [merchantId], user: userId }, ({ change }) =>
      change(USED, [merchantId, keyId]),
    );
  }
  return { userId, merchantId, name };
}

type Found = {
  readonly merchantId: string;
  readonly name: string;
  readonly hash: string;
  readonly isUnnoted: boolean;
};

const KEY = /^bearer +cmk\.(mac_[\w-]{20})\.(key_[\w-]{20})\.([\w-]{43})$/i;

const hashOf = (secret: string) => createHash("sha256").update(secret).digest("hex");

function isSame(kept: string, given: string): boolean {
  const [left, right] = [Buffer.from(kept), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function notGood(): AppError {
  return new AppError(
    "UNAUTHENTICATED",
    "The machine's key is unknown, over or revoked: ask the merchant's administrator for a new one.",
  );
}

/** Its last use is told to the minute: a machine that sends a thousand files must not write as often. */
const FIND = `
  select m.merchant_id as "merchantId", m.name, k.secret_hash as hash,
    coalesce(k.last_used_at < clock_timestamp() - interval '1 minute', true) as "isUnnoted"
  from accounts.machine m join accounts.machine_key k on k.merchant_id = m.merchant_id and k.machine_id = m.id
  where m.id = $1 and k.id = $2 and m.revoked_at is null and k.revoked_at is null and k.expires_at > clock_timestamp()`;

const USED = "update accounts.machine_key set last_used_at = clock_timestamp() where merchant_id = $1 and id = $2";
