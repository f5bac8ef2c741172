import type { QueryResultRow } from "pg";
import type { Coverage } from "../coverage/coverage-type.ts";
import { type KeptSums, parted, totalled } from "./closing-sums.ts";
import type { Closing, ClosingAdjustment, ClosingKind, ClosingState } from "./closing-type.ts";

export const CLOSING_ROW = `t.id, t.merchant_id, t.number, t.previous_id, t.kind, t.location_id, t.terminal_id, t.begins_at,
  t.ends_at, t.zone, t.sums, t.adjusted, t.coverage, t.closed_name, t.closed_at, t.hash, t.pdf_sha256`;

export type ClosingRow = QueryResultRow & {
  readonly id: string;
  readonly merchant_id: string;
  readonly number: number;
  readonly previous_id: string | null;
  readonly kind: ClosingKind;
  readonly location_id: string | null;
  readonly terminal_id: string | null;
  readonly begins_at: Date;
  readonly ends_at: Date;
  readonly zone: string;
  readonly sums: readonly KeptSums[];
  readonly adjusted: readonly KeptSums[];
  readonly coverage: readonly KeptCoverage[];
  readonly closed_name: string;
  readonly closed_at: Date;
  readonly hash: string;
  readonly pdf_sha256: string;
};

type KeptCoverage = Omit<Coverage, "freshAsOf" | "missingFrom"> & {
  readonly freshAsOf: string | null;
  readonly missingFrom: string | null;
};

export function closingOf(row: ClosingRow): Closing {
  const place = (id: string | null) => (id === null ? null : { id });
  return {
    __typename: "Closing",
    id: row.id,
    merchant: { id: row.merchant_id },
    location: place(row.location_id),
    terminal: place(row.terminal_id),
    kind: row.kind,
    number: row.number,
    previousId: row.previous_id,
    from: row.begins_at,
    to: row.ends_at,
    zone: row.zone,
    totals: totalled(row.sums),
    byStatus: parted(row.sums, "status"),
    byMethod: parted(row.sums, "method"),
    byOrigin: parted(row.sums, "origin"),
    adjusted: parted(row.adjusted, "way"),
    coverage: row.coverage.map(coverageOf),
    closedBy: row.closed_name,
    closedAt: row.closed_at,
    hash: row.hash,
    pdfSha256: row.pdf_sha256,
    downloadPath: `/closings/${row.id}`,
  };
}

function coverageOf({ freshAsOf, missingFrom, ...rest }: KeptCoverage): Coverage {
  const instant = (text: string | null) => (text === null ? null : new Date(text));
  return { ...rest, freshAsOf: instant(freshAsOf), missingFrom: instant(missingFrom) };
}

export const ADJUSTMENT_ROW = `t.id, t.way, t.occurred_at, t.transaction_number, t.before, t.type, t.status,
  t.status_origin, t.payment_method, t.currency, t.amount_minor, t.captured_minor`;

type State = {
  readonly type: ClosingState["type"];
  readonly status: ClosingState["status"];
  readonly status_origin: ClosingState["statusOrigin"];
  readonly payment_method: string;
  readonly currency: string;
  readonly amount_minor: bigint | string;
  readonly captured_minor: bigint | string;
};

export type AdjustmentRow = QueryResultRow &
  State & {
    readonly id: string;
    readonly way: ClosingAdjustment["way"];
    readonly occurred_at: Date;
    readonly transaction_number: string;
    readonly before: State | null;
  };

export function adjustmentOf(row: AdjustmentRow): ClosingAdjustment {
  return {
    transactionId: row.id,
    transactionNumber: row.transaction_number,
    occurredAt: row.occurred_at,
    way: row.way,
    before: row.before && stateOf(row.before),
    after: row.way === "REMOVED" ? null : stateOf(row),
  };
}

function stateOf(state: State): ClosingState {
  const money = (minor: bigint | string) => ({ amountMinor: BigInt(minor), currency: state.currency });
  return {
    type: state.type,
    status: state.status,
    statusOrigin: state.status_origin,
    method: state.payment_method,
    amount: money(state.amount_minor),
    captured: money(state.captured_minor),
  };
}
