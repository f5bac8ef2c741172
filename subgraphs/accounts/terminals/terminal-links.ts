import type { Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { PREFIXES, randomId } from "../../shared/ids.ts";
import { lockAccounts } from "../change-account.ts";
import { withoutCards } from "../without-cards.ts";
import { writePlaces } from "../write-places.ts";
import { placeRows } from "./place-rows.ts";

/** A terminal at a place for a time: its history is a row for each. */
export type TerminalLink = {
  readonly id: string;
  readonly tid: string;
  readonly locationId: string;
  readonly application: string | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
};

type LinkRefused = "NOT_FOUND" | "LOCATION_CLOSED" | "TERMINAL_HELD" | "FIRST_LINK";
type Done = { readonly link: TerminalLink; readonly before: TerminalLink | null; readonly transactions: number };

export type Wanted = {
  readonly merchantId: string;
  readonly tid: string;
  readonly locationId: string;
  readonly application: string | null;
  readonly from: Date;
  readonly until: Date | null;
};

/**
 * Says where a terminal is; what it took there before it was said has its place from now on. To whom a terminal goes at all
 * is the platform's to say, once: whoever may link any terminal could take what others' terminals tell of.
 * @throws AppError INVALID_INPUT
 */
export async function linkTerminal(
  transaction: Transaction,
  { merchantId, locationId, application, from, until, ...wanted }: Wanted,
  { mayBeFirst }: { readonly mayBeFirst: boolean },
): Promise<Done | LinkRefused> {
  const tid = withoutCards("tid", wanted.tid.trim());
  if (application !== null) withoutCards("application", application);
  if (!/^[\x21-\x7e]{1,40}$/.test(tid))
    throw new AppError("INVALID_INPUT", "`tid` must be 1 to 40 visible characters.");
  if (until !== null && until <= from) throw new AppError("INVALID_INPUT", "`until` must be after `from`.");
  const lacking = await placeLacking(transaction, merchantId, { locationId, until });
  if (lacking) return lacking;
  const [known] = await transaction.query("select from accounts.terminal where merchant_id = $1 and tid = $2", [
    merchantId,
    tid,
  ]);
  if (!known && !mayBeFirst) return "FIRST_LINK";
  return writing(transaction, merchantId, tid, async () => {
    if ((await transaction.query(OVERLAPPING, [tid, from, until])).length > 0) return "TERMINAL_HELD";
    const id = randomId(PREFIXES.terminal);
    await transaction.query(ADD, [merchantId, id, tid, locationId, application, from, until]);
    const taken = { merchantId, tid, held: null, from, until };
    const transactions = await placeRows(transaction, taken, { terminalId: id, locationId });
    return { link: await linkOf(transaction, merchantId, id), before: null, transactions };
  });
}

/**
 * Ends a terminal's time where it is and begins the next at another place, or nowhere. Whatever it took from then on is of
 * the new place, by the same rule by which rows of files find theirs; what it took before stays where it was.
 */
export async function moveTerminal(
  transaction: Transaction,
  {
    merchantId,
    terminalId,
    locationId,
    at,
  }: {
    readonly merchantId: string;
    readonly terminalId: string;
    readonly locationId: string | null;
    readonly at: Date;
  },
): Promise<Done | LinkRefused | "NOT_THEN"> {
  const before = await linkOf(transaction, merchantId, terminalId).catch(() => undefined);
  if (!before) return "NOT_FOUND";
  const lacking = locationId && (await placeLacking(transaction, merchantId, { locationId, until: before.validTo }));
  if (lacking) return lacking;
  if (at <= before.validFrom || (before.validTo !== null && at >= before.validTo)) return "NOT_THEN";
  return writing(transaction, merchantId, before.tid, async () => {
    await transaction.query(END, [merchantId, terminalId, at]);
    const id = locationId === null ? null : randomId(PREFIXES.terminal);
    if (id !== null)
      await transaction.query(ADD, [merchantId, id, before.tid, locationId, before.application, at, before.validTo]);
    const taken = { merchantId, tid: before.tid, held: terminalId, from: at, until: null };
    const transactions = await placeRows(transaction, taken, { terminalId: id, locationId });
    return { link: await linkOf(transaction, merchantId, id ?? terminalId), before, transactions };
  });
}

/** One at a time for a terminal, whichever merchant's, and for the merchant, as transactions are written. */
async function writing<T>(
  transaction: Transaction,
  merchantId: string,
  tid: string,
  work: () => Promise<T>,
): Promise<T> {
  // As the worker, for one may not link what another merchant holds, of which requests know nothing.
  return writePlaces(transaction, merchantId, async () => {
    await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4211))", [tid]);
    return work();
  });
}

/** What keeps a terminal from being there until then; undefined is nothing. Who closes the location meanwhile waits. */
async function placeLacking(
  transaction: Transaction,
  merchantId: string,
  { locationId, until }: { readonly locationId: string; readonly until: Date | null },
): Promise<"NOT_FOUND" | "LOCATION_CLOSED" | undefined> {
  await lockAccounts(transaction, merchantId);
  const [location] = await transaction.query<{ closedAt: Date | null }>(PLACE, [merchantId, locationId]);
  if (!location) return "NOT_FOUND";
  const { closedAt } = location;
  return closedAt === null || (until !== null && until <= closedAt) ? undefined : "LOCATION_CLOSED";
}

async function linkOf(transaction: Transaction, merchantId: string, id: string): Promise<TerminalLink> {
  const [link] = await transaction.query<TerminalLink>(LINK, [merchantId, id]);
  if (!link) throw new AppError("NOT_FOUND", "The merchant has no such terminal: check its id.");
  return link;
}

const PLACE = `select closed_at as "closedAt" from accounts.location where merchant_id = $1 and id = $2`;

const LINK = `
  select id, tid, location_id as "locationId", application, valid_from as "validFrom", valid_to as "validTo"
  from accounts.terminal where merchant_id = $1 and id = $2`;

const OVERLAPPING = `
  select from accounts.terminal
  where tid = $1 and tstzrange(valid_from, valid_to) && tstzrange($2::timestamptz, $3::timestamptz) limit 1`;

const ADD = `
  insert into accounts.terminal (merchant_id, id, tid, location_id, application, valid_from, valid_to)
  values ($1, $2, $3, $4, $5, $6, $7)`;

const END = "update accounts.terminal set valid_to = $3 where merchant_id = $1 and id = $2";
