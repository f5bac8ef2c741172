import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { DataSource } from "typeorm";
import { appendAudit, lockAudit } from "../audit.ts";
import { maskCards } from "../card-detector.ts";
import { inScope, type Scope, type Transaction } from "../database/scope.ts";
import type { Log } from "../log.ts";

/**
 * Tells the audit that a token is in use. `scope` is of whom it was given to, with their merchants and the call; `name` is
 * what the token calls them, which is theirs at these merchants from now on.
 */
export type NoteSignIn = (authorization: string, scope: Scope, name?: string) => Promise<void>;

/**
 * The first use of a token in an hour is an entry at each of the user's merchants; in whichever process, there is one.
 * One that cannot be written is logged, and written by the next call: nobody is kept out of the books by their audit.
 */
export function createSignIns(database: DataSource, log: Log, now: () => number = Date.now): NoteSignIn {
  const noted = new LRUCache<string, Promise<void>>({ max: 20_000 });
  return (authorization, scope, name) => {
    const key = `${Math.floor(now() / HOUR_MS)} ${authorization}`;
    const known = noted.get(key);
    if (known) return known;
    const noting = note(database, { authorization, scope, name: shownName(name, scope.user) }).catch(
      (error: unknown) => {
        noted.delete(key);
        log.error({ err: error }, "a sign-in could not be written to the audit");
      },
    );
    noted.set(key, noting);
    return noting;
  };
}

const HOUR_MS = 3_600_000;

/** A name to keep: on one line, without a card number, and none where the token has its subject alone. */
function shownName(name: string | undefined, subject: string): string | null {
  if (name === undefined || name === subject) return null;
  const plain = maskCards(name.replace(/[\p{C}\s]+/gu, " ").trim()).text;
  return [...plain].slice(0, LONGEST_NAME).join("").trim() || null;
}

const LONGEST_NAME = 100;

type SignIn = { readonly authorization: string; readonly scope: Scope; readonly name: string | null };

async function note(database: DataSource, { authorization, scope, name }: SignIn): Promise<void> {
  // Enough to tell tokens apart, and no use to anyone who wants to use one.
  const token = createHash("sha256").update(authorization).digest("hex").slice(0, 16);
  const failures: unknown[] = [];
  for (const merchantId of scope.merchants) {
    // A transaction each: whoever is in many merchants must not hold up all of their audits at once, nor go untold at one
    // because the audit of another is held.
    await inScope(database, scope, (transaction) =>
      noteAt(transaction, { merchantId, actorId: scope.user, token, name }),
    ).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

type Noted = {
  readonly merchantId: string;
  readonly actorId: string;
  readonly token: string;
  readonly name: string | null;
};

async function noteAt(transaction: Transaction, { merchantId, actorId, token, name }: Noted): Promise<void> {
  await transaction.query(PATIENCE);
  if (name !== null) await transaction.query(NAME, [merchantId, actorId, name]);
  await lockAudit(transaction, merchantId);
  if ((await transaction.query(NOTED, [merchantId, actorId, token])).length > 0) return;
  const entry = { merchantId, actorId, action: "user.sign-in", objectId: actorId, outcome: "DONE" } as const;
  await appendAudit(transaction, { ...entry, detail: { token } });
}

/** A long act of another's may hold the audit; the caller has not come to wait for that. */
const PATIENCE = "set local lock_timeout = '500ms'";

const NAME = `
  update accounts.membership set name = $3
  where merchant_id = $1 and user_id = $2 and name is distinct from $3`;

const NOTED = `
  select from delivery.audit_entry
  where merchant_id = $1 and at >= date_trunc('hour', clock_timestamp()) and actor_id = $2 and action = 'user.sign-in'
    and detail ->> 'token' = $3 limit 1`;
