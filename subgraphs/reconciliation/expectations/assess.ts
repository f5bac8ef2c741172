import { recordChanges } from "../../shared/changes/record-changes.ts";
import { setForBulk } from "../../shared/database/bulk.ts";
import { lockMerchants, type Transaction } from "../../shared/database/scope.ts";
import { FEE_VARIANCES } from "../contracts/fee-variances.ts";
import { CONTRADICTIONS } from "./contradictions.ts";
import { learnDelays, loadDelays } from "./delays.ts";
import { MONEY_ON_ITS_WAY } from "./money-on-its-way.ts";
import { judgeSettlements, OVERDUE } from "./overdue.ts";
import { weigh } from "./severity.ts";
import { makeFound, settleFound } from "./standing.ts";
import { loadSubjects } from "./subjects.ts";

export type AssessmentOf = {
  readonly merchantId: string;
  /** The run that it ends; null where it was only time that passed. */
  readonly runId: string | null;
  /** The day that delays are counted up to, `YYYY-MM-DD`; today's where none is given. */
  readonly asOf?: string | undefined;
};

/**
 * Says of what a merchant has open what is due and did not come, and what of the money contradicts itself. It looks at
 * what was recorded since the last time, at what is open, and at purchases that still wait: not at all history. What it
 * found before and finds no more is resolved. Runs inside the caller's transaction.
 */
export async function assess(transaction: Transaction, { merchantId, runId, asOf }: AssessmentOf): Promise<void> {
  await lockMerchants(transaction, [merchantId]);
  const [{ day } = { day: "" }] = await transaction.query<{ day: string }>(TODAY, [asOf ?? null]);
  await setForBulk(transaction);
  await learnDelays(transaction, merchantId, day);
  await loadDelays(transaction, merchantId);
  await loadSubjects(transaction, merchantId, day);
  await judgeSettlements(transaction, merchantId);
  await makeFound(transaction);
  const agreed = await transaction.query(HAS_CONTRACT, [merchantId]);
  const fees = agreed.length > 0 ? FEE_VARIANCES : [];
  const sought = [...OVERDUE, ...CONTRADICTIONS, ...MONEY_ON_ITS_WAY, ...fees];
  await transaction.changeAll(
    sought.map((found) => `insert into found ${found}`),
    [merchantId, day],
  );
  await settleFound(transaction, merchantId, runId);
  await weigh(transaction, merchantId, day);
  await recordChanges(transaction);
  await transaction.query(ASSESSED, [merchantId, day]);
}

const TODAY = "select coalesce($1, (clock_timestamp() at time zone 'UTC')::date::text) as day";

const HAS_CONTRACT = "select from reconciliation.fee_contract where merchant_id = $1 limit 1";

const ASSESSED = `
  insert into reconciliation.assessment as a (merchant_id, as_of, expecting, open_from)
  select $1, $2, array(select provider from expecting order by provider),
    (select min(occurred_at) from subject where state_now = 'EXPECTED')
  on conflict (merchant_id) do update set as_of = excluded.as_of, expecting = excluded.expecting,
    open_from = excluded.open_from, assessed_at = clock_timestamp()`;
