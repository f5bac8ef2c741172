import { AppError } from "../errors.ts";
import type { RequestContext } from "./request-context.ts";

/** The transactions as they stand now. */
export const TRANSACTIONS = "transactions.transaction t";

/** All columns of a transaction; a test holds them equal to the table's. */
export const KEPT_COLUMNS = `merchant_id, family, id, provider, account, type, base_status, status, status_rule, deciding_event,
    certainty, status_origin, ever_manual, occurred_at, time_ambiguous, business_date, currency, amount_minor,
    authorised_minor, captured_minor, refunded_minor, charged_back_minor, refunds_pending_minor, refund_state,
    dispute_state, settlement_state, reconciliation_state, settled_fee_minor, settled_net_minor, settled_currency,
    payment_type, payment_method, brand, entry_mode, transaction_number, provider_reference, psp_reference,
    original_reference, original_id, merchant_reference, authorisation_code, last4, arn, rrn, stan, ticket, location_id,
    terminal_id, tid, provisional, superseded_by, version, ingest_seq, recorded_at, changed_at`;

/**
 * SQL: the transactions `t` as they stand and as they ever stood, each `changed_at` an instant and `until` another. Without
 * conditions of its own, or PostgreSQL would not take those around it, the order and the index into each of the two.
 */
export const TRANSACTIONS_EVER = `(
    select ${KEPT_COLUMNS}, 'infinity'::timestamptz as until from transactions.transaction
    union all
    select ${KEPT_COLUMNS}, until from transactions.former
  ) t`;

/** SQL: whether one of `TRANSACTIONS_EVER` stood at an instant, `at` being its placeholder. */
export function stoodAt(at: string): string {
  return `t.changed_at <= ${at}::timestamptz and t.until > ${at}::timestamptz`;
}

/** What `asOf` does, for the descriptions of arguments. */
export const AS_OF =
  "What it said at this instant: what came or changed later is left out; a write that was going on then counts as done. Fields of settlements and reconciliation, names of places, and issuer and purse of vouchers are today's. INVALID_INPUT for an instant to come, or before changes were kept.";

/** The instant that is asked for, or null for now. @throws AppError INVALID_INPUT for one of which nothing is known */
export async function heldAsOf(
  { query }: Pick<RequestContext, "query">,
  asOf: Date | null | undefined,
): Promise<Date | null> {
  if (!asOf) return null;
  const [known] = await query<Known>(KNOWN, [asOf], "kept-since");
  if (!known || known.is_to_come) {
    throw new AppError(
      "INVALID_INPUT",
      `\`asOf\` (${asOf.toISOString()}) is to come: leave it out for what is known now.`,
    );
  }
  if (known.is_before) {
    const since = new Date(Math.ceil(Number(known.since_ms))).toISOString();
    throw new AppError("INVALID_INPUT", `Changes are kept since ${since}: \`asOf\` may be that or later.`);
  }
  return asOf;
}

type Known = { readonly is_to_come: boolean; readonly is_before: boolean; readonly since_ms: string };

const KNOWN = `
  select $1::timestamptz > clock_timestamp() as is_to_come, $1::timestamptz < transactions.kept_since() as is_before,
    (extract(epoch from transactions.kept_since()) * 1000)::text as since_ms`;
