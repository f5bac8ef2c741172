import { inAnyFamily } from "../../shared/database/in-any-family.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import type { Family } from "../../shared/vocabulary.ts";
import { loadLines } from "../matching/open-work.ts";
import { WRONG_WAY } from "../matching/same-money.ts";

/** A line with what active claims leave of it; what was only inferred from it counts as free. */
export type LineParts = {
  readonly id: string;
  readonly kind: string;
  readonly type: string;
  readonly effect: string;
  readonly family: Family;
  readonly provider: string;
  readonly currency: string;
  /** Of fee and net; that of the amount may be another. */
  readonly bookedCurrency: string;
  /** True where it moves money against what its kind does. */
  readonly isWrongWay: boolean;
  readonly openMinor: bigint;
  readonly openFeeMinor: bigint;
  readonly openNetMinor: bigint;
  /** Numbers of the shares that are taken. */
  readonly shares: readonly number[];
  /** A match that takes of it. */
  readonly heldBy: string | null;
};

/** A transaction with what active claims of one effect leave of it. */
export type TransactionParts = {
  readonly id: string;
  readonly type: string;
  readonly family: Family;
  readonly provider: string;
  readonly currency: string;
  /** Of what other lines settle of it; null where none does. */
  readonly settledCurrency: string | null;
  readonly baseStatus: string;
  /** True where only settlement lines tell of it. */
  readonly isInferred: boolean;
  readonly openMinor: bigint;
  /** The same of what was captured, where that is something else than the amount. */
  readonly openCapturedMinor: bigint;
  readonly parts: readonly number[];
  readonly heldBy: string | null;
};

/** Loads lines into the tables that claims are written from, and answers what is open of each, in the order of ids. */
export async function linesToMatch(
  transaction: Transaction,
  merchantId: string,
  ids: readonly string[],
): Promise<readonly LineParts[]> {
  await loadLines(transaction, merchantId, ids);
  return transaction.query<LineParts>(LINES, [merchantId]);
}

/** Those of the ids that are transactions of the merchant, in the order of ids. */
export function transactionsToMatch(
  transaction: Transaction,
  merchantId: string,
  ids: readonly string[],
  effect: string,
): Promise<readonly TransactionParts[]> {
  return transaction.query<TransactionParts>(TRANSACTIONS, [merchantId, ids, effect]);
}

/** Temporary tables are gone with the transaction, but another decision of the same operation may need them before. */
export async function dropTemporaryTables(transaction: Transaction): Promise<void> {
  await transaction.query("discard temp");
}

const LINES = `
  select l.id, l.kind, l.type, l.effect, l.family, l.provider, l.match_currency as currency, l.currency as "bookedCurrency",
    ${WRONG_WAY} as "isWrongWay",
    l.match_minor - coalesce(c.match_minor, 0)::bigint as "openMinor",
    l.fee_minor - coalesce(c.fee_minor, 0)::bigint as "openFeeMinor",
    l.net_minor - coalesce(c.net_minor, 0)::bigint as "openNetMinor",
    coalesce(c.shares, '{}') as shares, c.held_by as "heldBy"
  from open_line l
  left join lateral (
    select sum(coalesce(c.match_minor, l.match_minor)) as match_minor, sum(coalesce(c.fee_minor, l.fee_minor)) as fee_minor,
      sum(coalesce(c.net_minor, l.net_minor)) as net_minor, array_agg(c.share::int) as shares,
      min(coalesce(c.match_id, c.id)) as held_by
    from reconciliation.claim c
    where c.merchant_id = $1 and c.line_id = l.id and c.released_at is null and c.id is distinct from l.inferred_claim
  ) c on true
  order by l.id`;

const TRANSACTIONS = `
  select t.id, t.type, t.family, t.provider, t.currency, t.settled_currency as "settledCurrency",
    t.base_status as "baseStatus", t.provisional as "isInferred",
    t.amount_minor - coalesce(c.match_minor, 0)::bigint as "openMinor",
    coalesce(nullif(t.captured_minor, 0), t.amount_minor) - coalesce(c.match_minor, 0)::bigint as "openCapturedMinor",
    coalesce(c.parts, '{}') as parts, c.held_by as "heldBy"
  from transactions.transaction t
  left join lateral (
    select sum(coalesce(c.match_minor, abs(coalesce(l.processing_minor, l.gross_minor)))) as match_minor,
      array_agg(c.part::int) as parts, min(coalesce(c.match_id, c.id)) as held_by
    from reconciliation.claim c
    join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
    where c.merchant_id = t.merchant_id and c.transaction_id = t.id and c.effect = $3 and c.released_at is null
  ) c on true
  where t.merchant_id = $1 and ${inAnyFamily("t")} and t.id = any($2::text[])
    and t.superseded_by is null
  order by t.id`;
