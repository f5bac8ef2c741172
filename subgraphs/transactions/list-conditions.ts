import { doubleLossSql } from "../shared/double-loss.ts";
import { AppError } from "../shared/errors.ts";
import type { Reach } from "../shared/identity/grants.ts";
import { type Conditions, conditions } from "../shared/subgraph/conditions.ts";
import { withinLimits } from "../shared/subgraph/visible-transactions.ts";
import type { TransactionFilter } from "./transaction-filter.ts";

/**
 * The rows that a list, its count and its totals are about; one definition, or they would differ. What waits for a
 * person is in none of them, and neither is a provisional row that a better one replaced. $1: merchants.
 */
export function listConditions(reach: Reach, filter: TransactionFilter): Conditions {
  const { merchants } = reach;
  const seen = filter.merchants ? merchants.filter((merchant) => filter.merchants?.includes(merchant)) : merchants;
  const where = conditions([seen], ["t.superseded_by is null", "t.base_status <> 'MANUAL_INTERVENTION'"]);
  withinLimits(where, reach);
  for (const [field, condition] of Object.entries(BY_FIELD)) {
    where.add(condition, filter[field as keyof typeof BY_FIELD]);
  }
  where.add("t.occurred_at >= ?::timestamptz", filter.occurredAt?.from);
  where.add("t.occurred_at < ?::timestamptz", filter.occurredAt?.to);
  where.add("t.currency = ?", filter.amount?.currency);
  where.add("t.amount_minor >= ?::bigint", filter.amount?.minimumMinor?.toString());
  where.add("t.amount_minor <= ?::bigint", filter.amount?.maximumMinor?.toString());
  where.add(`(${doubleLossSql("t").condition}) = ?::boolean`, filter.doubleLoss);
  return where.add(SEARCH, searchText(filter.search));
}

const BY_FIELD = {
  families: "t.family = any(?::text[])",
  providers: "t.provider = any(?::text[])",
  locations: "t.location_id = any(?::text[])",
  terminals: "t.terminal_id = any(?::text[])",
  types: "t.type = any(?::text[])",
  statuses: "t.status = any(?::text[])",
  statusOrigin: "t.status_origin = ?",
  everManual: "t.ever_manual = ?",
  refundStates: "t.refund_state = any(?::text[])",
  disputeStates: "t.dispute_state = any(?::text[])",
  reconciliationStates: "t.reconciliation_state = any(?::text[])",
  settlementStates: "t.settlement_state = any(?::text[])",
  paymentTypes: "t.payment_type = any(?::text[])",
  paymentMethods: "t.payment_method = any(?::text[])",
  brands: "t.brand = any(?::text[])",
  transactionNumber: "t.transaction_number = ?",
  merchantReference: "t.merchant_reference = ?",
  authorisationCode: "t.authorisation_code = ?",
  last4: "t.last4 = ?",
  arn: "t.arn = ?",
} as const satisfies Partial<Record<keyof TransactionFilter, string>>;

/** `position` and not `like`: a person's % is a per cent sign. */
const SEARCH = `? in (t.id, t.arn, t.authorisation_code, t.last4)
  or position(lower(?) in lower(t.transaction_number)) > 0
  or position(lower(?) in lower(t.merchant_reference)) > 0
  or position(lower(?) in lower(t.provider_reference)) > 0`;

function searchText(search: string | null | undefined): string | null {
  const text = search?.trim();
  if (!text) return null;
  if (text.length > 100) throw new AppError("INVALID_INPUT", "`search` is longer than 100 characters: shorten it.");
  return text;
}
