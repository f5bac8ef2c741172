import { inAnyFamily } from "../../shared/database/in-any-family.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import type { DiscrepancyType } from "../discrepancy-type.ts";
import { openDiscrepancies } from "./severity.ts";

/** What an assessment looks for each time, and resolves where it is gone. */
const TYPES = [
  "MISSING_SETTLEMENT",
  "STALE_PROCESSING",
  "SPLIT_INCOMPLETE",
  "MISSING_CHARGEBACK_REVERSAL",
  "MISSING_PAYOUT",
  "STATUS_CONFLICT",
  "ORPHAN_REFUND",
  "ORPHAN_CHARGEBACK",
  "OVER_REFUND",
  "REFUND_AND_CHARGEBACK",
  "IDENTITY_COLLISION",
  "BATCH_DOES_NOT_FOOT",
  "FEE_VARIANCE",
] as const satisfies readonly DiscrepancyType[];

/** Makes `found`, with a row for whatever stands: `subject_id` is what it is about and makes its id. */
export async function makeFound(transaction: Transaction): Promise<void> {
  await transaction.query(FOUND);
}

/** Opens what was found, and resolves what is open and was not. */
export async function settleFound(transaction: Transaction, merchantId: string, runId: string | null): Promise<void> {
  await transaction.query(OPEN, [merchantId, runId]);
  await transaction.query(RESOLVE, [merchantId, TYPES]);
}

/**
 * Seen again, a discrepancy keeps who works on it. One that went away by itself is open again; one that a person settled,
 * or wants to settle once a second person agrees, only where other money or other partners are in question now.
 */
const LAPSES = `case when d.resolved_by is null then d.state = 'RESOLVED'
    else (d.amount_at_risk_minor, d.candidates) is distinct from (excluded.amount_at_risk_minor, excluded.candidates) end`;
const SEEN_AGAIN = `
  on conflict (merchant_id, id) do update set seen_at = clock_timestamp(), run_id = coalesce(excluded.run_id, d.run_id),
    candidates = excluded.candidates, amount_at_risk_minor = excluded.amount_at_risk_minor,
    explanation = excluded.explanation,
    ${[
      [
        "state",
        "case when d.state <> 'RESOLVED' then d.state when d.assignee_id is null then 'OPEN' else 'ASSIGNED' end",
      ],
      ["resolved_at", "null"],
      ["resolution", "null"],
      ["resolved_by", "null"],
      ["resolution_reason", "null"],
      ["version", "d.version + 1"],
    ]
      .map(([column, value]) => `${column} = case when ${LAPSES} then ${value} else d.${column} end`)
      .join(", ")}`;

/** The id is made once, and not for each row that it is looked for in. */
const FOUND = `
  create temporary table found (type text, subject_id text, provider text, line_id text, transaction_id text,
    payout_id text, batch_id text, candidates text[], currency text, amount_minor bigint, explanation text,
    id text collate "C" not null generated always as (concord.stable_id('dis', type, subject_id)) stored) on commit drop`;

const COLUMNS = `merchant_id, id, type, provider, line_id, transaction_id, payout_id, batch_id, candidates, currency,
    amount_at_risk_minor, explanation, run_id`;

const OPEN = `${openDiscrepancies(
  COLUMNS,
  `select $1::text, id, type, provider, line_id, transaction_id, payout_id, batch_id, candidates, currency, amount_minor,
      explanation, $2::text
    from found`,
)} ${SEEN_AGAIN}`;

const LINES_MISSING = "('MISSING_SETTLEMENT', 'STALE_PROCESSING', 'SPLIT_INCOMPLETE', 'MISSING_CHARGEBACK_REVERSAL')";

/**
 * Why it went away is what its transaction has come to, where it has one. Neither found nor transactions are joined: of a
 * table that nobody has counted yet a planner believes that it is next to empty.
 */
const RESOLVE = `
  update reconciliation.discrepancy d set state = 'RESOLVED', snoozed_until = null, resolved_at = clock_timestamp(),
    version = d.version + 1, resolved_by = null, (resolution, resolution_reason) = (
      select
        case when s.reconciliation_state = 'MATCHED' and d.type in ${LINES_MISSING} or d.type = 'MISSING_PAYOUT'
          then 'MATCHED' else 'GONE' end,
        case
          when d.type = 'MISSING_PAYOUT' then 'the money has come, or is no longer due'
          when d.type = 'IDENTITY_COLLISION' then 'the row is no longer in quarantine'
          when d.type = 'BATCH_DOES_NOT_FOOT' then 'the sums agree now'
          when d.type = 'FEE_VARIANCE' then 'the fee is within the tolerance of the contract that holds now'
          when s.id is null or s.superseded_by is not null then 'the transaction turned out to be another one'
          when d.type not in ${LINES_MISSING}
            then format('what contradicted it is gone: the transaction is %s', lower(s.status))
          when s.reconciliation_state = 'MATCHED' then 'its settlement line came'
          when s.reconciliation_state = 'EXPECTED' then 'it is not due yet, by the delay that holds now'
          when s.reconciliation_state = 'NOT_EXPECTED' then
            format('no settlement is expected: the transaction is %s', lower(s.status))
          else format('the transaction is %s and %s', lower(s.status), lower(s.reconciliation_state)) end
      from (select) one
      left join transactions.transaction s on s.merchant_id = d.merchant_id
        and ${inAnyFamily("s")} and s.id = d.transaction_id
      limit 1)
  where d.merchant_id = $1 and d.state <> 'RESOLVED' and d.type = any ($2::text[])
    and d.id not in (select f.id from found f)`;
