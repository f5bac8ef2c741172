import type { Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { newMachineKey } from "../../shared/identity/machine-keys.ts";
import { randomId } from "../../shared/ids.ts";
import { withoutCards } from "../without-cards.ts";

/** As the audit tells of a machine; of its keys the ids and times, and nothing that opens anything. */
export type MachineFacts = {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly accounts: readonly string[] | null;
  readonly isRevoked: boolean;
  readonly keys: readonly { readonly id: string; readonly expiresAt: string; readonly isGood: boolean }[];
};

type Wanted = {
  readonly merchantId: string;
  readonly name: string;
  readonly provider: string;
  readonly accounts: readonly string[] | null;
  readonly days: number;
};

/** @throws AppError INVALID_INPUT */
export async function addMachine(transaction: Transaction, wanted: Wanted, actorId: string) {
  const { merchantId, provider, accounts, days } = wanted;
  const name = withoutCards("name", wanted.name.trim());
  for (const account of accounts ?? []) withoutCards("accounts", account);
  if (name === "" || name.length > 60) throw new AppError("INVALID_INPUT", "`name` must have 1 to 60 characters.");
  if (!/^[a-z][a-z0-9-]{1,40}$/.test(provider))
    throw new AppError("INVALID_INPUT", `"${provider.slice(0, 40)}" is no provider's name, such as \`adyen\`.`);
  if (accounts && (accounts.length === 0 || accounts.length > 100 || accounts.includes("")))
    throw new AppError("INVALID_INPUT", "`accounts` must be 1 to 100 names, or be left out.");
  const machineId = randomId("mac");
  await transaction.query(ADD, [merchantId, machineId, name, provider, accounts, actorId]);
  return { machineId, ...(await addKey(transaction, merchantId, machineId, days)) };
}

/** Returns the text of the key, for the one time that it is shown. @throws AppError INVALID_INPUT */
async function addKey(transaction: Transaction, merchantId: string, machineId: string, days: number) {
  if (!(days >= 1 && days <= MOST_DAYS))
    throw new AppError("INVALID_INPUT", `\`days\` must be 1 to ${MOST_DAYS}, and ${days} is not.`);
  const { id, hash, text } = newMachineKey(machineId);
  await transaction.query(ADD_KEY, [merchantId, id, machineId, hash, days]);
  return { keyId: id, key: text };
}

/** The keys it has end after the overlap, and no later than they would have. @throws AppError INVALID_INPUT */
export async function rotateKey(
  transaction: Transaction,
  {
    merchantId,
    machineId,
    days,
    overlapHours,
  }: Readonly<Record<"merchantId" | "machineId", string>> & Readonly<Record<"days" | "overlapHours", number>>,
) {
  if (!(overlapHours >= 0 && overlapHours <= MOST_HOURS))
    throw new AppError("INVALID_INPUT", `\`overlapHours\` must be 0 to ${MOST_HOURS}, and ${overlapHours} is not.`);
  await transaction.query(END_SOON, [merchantId, machineId, overlapHours]);
  const added = await addKey(transaction, merchantId, machineId, days);
  await transaction.query(CHANGED, [merchantId, machineId]);
  return added;
}

/** One key, or the machine with all of them. Returns how many keys that were good are so no more. */
export async function revoke(
  transaction: Transaction,
  {
    merchantId,
    machineId,
    keyId,
  }: { readonly merchantId: string; readonly machineId: string; readonly keyId: string | null },
): Promise<number> {
  const ended = await transaction.change(REVOKE_KEYS, [merchantId, machineId, keyId]);
  await transaction.query(keyId === null ? REVOKE : CHANGED, [merchantId, machineId]);
  return ended;
}

export async function machineFacts(
  transaction: Transaction,
  merchantId: string,
  machineId: string,
): Promise<MachineFacts | undefined> {
  return (await transaction.query<MachineFacts>(FACTS, [merchantId, machineId]))[0];
}

export async function isNameTaken(transaction: Transaction, merchantId: string, name: string): Promise<boolean> {
  return (await transaction.query(TAKEN, [merchantId, name.trim()])).length > 0;
}

export const USUAL_DAYS = 365;
export const USUAL_OVERLAP_HOURS = 24;
const MOST_DAYS = 730;
const MOST_HOURS = 720;

const ADD = `
  insert into accounts.machine (merchant_id, id, name, provider, accounts, created_by) values ($1, $2, $3, $4, $5, $6)`;

const ADD_KEY = `
  insert into accounts.machine_key (merchant_id, id, machine_id, secret_hash, expires_at)
  values ($1, $2, $3, $4, clock_timestamp() + $5::integer * interval '1 day')`;

const END_SOON = `
  update accounts.machine_key set expires_at = least(expires_at, clock_timestamp() + $3::integer * interval '1 hour')
  where merchant_id = $1 and machine_id = $2 and revoked_at is null and expires_at > clock_timestamp()`;

const CHANGED = "update accounts.machine set version = version + 1 where merchant_id = $1 and id = $2";

const REVOKE_KEYS = `
  update accounts.machine_key set revoked_at = clock_timestamp()
  where merchant_id = $1 and machine_id = $2 and ($3::text is null or id = $3) and revoked_at is null`;

const REVOKE = `
  update accounts.machine set revoked_at = coalesce(revoked_at, clock_timestamp()), version = version + 1
  where merchant_id = $1 and id = $2`;

const TAKEN = `
  select from accounts.machine where merchant_id = $1 and lower(name) = lower($2) and revoked_at is null`;

const FACTS = `
  select m.id, m.name, m.provider, m.accounts, m.revoked_at is not null as "isRevoked", coalesce(k.keys, '[]') as keys
  from accounts.machine m left join lateral (
    select jsonb_agg(jsonb_build_object('id', k.id, 'expiresAt', k.expires_at,
      'isGood', k.revoked_at is null and k.expires_at > clock_timestamp()) order by k.created_at, k.id) as keys
    from accounts.machine_key k where k.merchant_id = m.merchant_id and k.machine_id = m.id) k on true
  where m.merchant_id = $1 and m.id = $2`;
