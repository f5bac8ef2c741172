import type { Outcome, ProviderEvent } from "../../subgraphs/shared/event.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { amountsOf } from "../paypal/amounts.ts";
import { amountCells, type BodyRow } from "../paypal/body-row.ts";
import { STATUS } from "../paypal/columns.ts";
import { ABOUT_PAYMENT, happenedAt, idOf, originalOf, paymentOf, SUCCEEDED, unmapped } from "../paypal/event.ts";
import { AUTHORISATIONS, meaningOf, VOID } from "../paypal/event-codes.ts";
import { isReport, readReport } from "../paypal/report.ts";
import { unknownValue } from "../readers/drift.ts";
import { rowOf } from "../readers/rows.ts";

/**
 * PayPal's transaction detail report (TRR): the records and columns of the settlement report, with a status and the
 * payer beside them. It reports what became of payments and books nothing, since the settlement report (STL) books the
 * same rows. Who paid is dropped, from rows that are kept as well.
 */
export const adapter: SettlementAdapter = {
  name: "paypal-trr",
  provider: "paypal",
  accepts: (head) => isReport(head, true),
  read: (file) => readReport(file, { extra: STATUS, readRow }),
};

type DetailRow = BodyRow<keyof typeof STATUS>;

function readRow(row: DetailRow): readonly Reading[] {
  const [code, direction, status] = [row.text("code"), row.text("direction"), row.text("status")];
  const kind = kindOf(code, direction);
  if (kind === undefined) return unmapped(row);
  const { line, raw } = row;
  if (!ABOUT_PAYMENT.has(kind)) {
    return [
      { kind: "skipped", line, raw, reason: `${code} moves money of the account; the settlement report books it` },
    ];
  }
  const outcome = outcomeOf(code, status);
  if (outcome === "unknown") {
    const problem =
      status === ""
        ? "the row has no transactional status; ask PayPal for the report again"
        : `the status "${status.slice(0, 40)}" is not known; add it to the adapter`;
    return [unknownValue("Transactional Status", status, line), { kind: "rejected", line, raw, problem }];
  }
  if (outcome === undefined) {
    return [
      {
        kind: "skipped",
        line,
        raw,
        reason: "an authorisation that is still open, or a void that was denied; what follows is a row of its own",
      },
    ];
  }
  return [rowOf(row, () => eventOf(row, kind, outcome))];
}

function kindOf(code: string, direction: string): EventKind | undefined {
  if (AUTHORISATIONS.has(code) || code === VOID) return "AUTHORISATION";
  return direction === "CR" || direction === "DR" ? meaningOf(code)?.[direction] : undefined;
}

/**
 * What a status says. V is a payment that was paid and then taken back in full: the taking back is a row of its own, so
 * the payment stays a success; of an authorisation, it is the end.
 */
function outcomeOf(code: string, status: string): Outcome | "unknown" | undefined {
  if (code === VOID) return VOIDS.has(status) ? VOIDS.get(status) : "unknown";
  if (AUTHORISATIONS.has(code) && AUTHORISED.has(status)) return AUTHORISED.get(status);
  return OUTCOMES[status] ?? "unknown";
}

const CANCELLED: Outcome = { status: "CANCELLED", certainty: "DEFINITIVE", reason: "authorisation_voided" };

/** A void that was denied or waits leaves the authorisation as it is. */
const VOIDS: ReadonlyMap<string, Outcome | undefined> = new Map([
  ["S", CANCELLED],
  ["D", undefined],
  ["P", undefined],
]);

const AUTHORISED: ReadonlyMap<string, Outcome | undefined> = new Map([
  ["S", undefined],
  ["P", undefined],
  ["F", undefined],
  ["V", CANCELLED],
]);

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  S: SUCCEEDED,
  // Partially refunded, fully reversed: both were paid first.
  F: SUCCEEDED,
  V: SUCCEEDED,
  P: { status: "PROCESSING", certainty: "INDETERMINATE", reason: "pending" },
  D: { status: "REFUSED", certainty: "DEFINITIVE", reason: "denied" },
};

function eventOf(row: DetailRow, kind: EventKind, outcome: Outcome): ProviderEvent {
  const id = idOf(row);
  const { gross, currency } = amountsOf(amountCells(row.text));
  const code = row.text("code");
  const status = row.text("status");
  const originalReference = originalOf(row, kind);
  // A void is about the authorisation it names.
  const reference = code === VOID ? row.text("reference") || id : id;
  return {
    kind,
    family: "ACQUIRER",
    provider: "paypal",
    ...(row.account !== undefined && { account: row.account }),
    identity: `trr|${id}|${code}|${row.text("direction")}|${status}`,
    reference,
    ...(originalReference !== undefined && { originalReference }),
    occurredAt: happenedAt(row, kind),
    amount: { amountMinor: gross < 0n ? -gross : gross, currency },
    outcome,
    payment: paymentOf(row),
    rawStatus: `${code} ${status}`,
  };
}
