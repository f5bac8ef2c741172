import { afterAll, beforeAll, expect, test } from "vitest";
import { adapterFor } from "../../adapters/registry.ts";
import { assess } from "../../subgraphs/reconciliation/expectations/assess.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import { eventAdapter, eventsFile } from "../support/event-adapter.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { type AdyenLine, adyenReport, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("contradictions", (head) =>
    head.startsWith('{"family"') ? eventAdapter : adapterFor(head),
  );
});
afterAll(() => ledger.close());

const SALE: AdyenLine = { psp: "PSP1", gross: 1000, fee: 10 };
const back = (type: string, amount: number, modification: string): AdyenLine => {
  return { type, psp: "PSP1", modification, gross: -amount };
};

let batch = 300;
async function settle(shop: Shop, ...lines: AdyenLine[]): Promise<void> {
  batch += 1;
  await shop.feed(adyenReport(shop.adyen, lines, { batch: `${batch}` }));
  await shop.reconcile();
}

const found = async (shop: Shop) =>
  (await shop.rows("reconciliation.discrepancy")).map((row) => [row.type, row.amount_at_risk_minor, row.state]);

test("ORPHAN_REFUND: a refund of a sale nobody knows, until the sale is known", async () => {
  const shop = await ledger.openShop();
  await settle(shop, back("Refunded", 300, "REF1"));
  expect(await found(shop)).toEqual([["ORPHAN_REFUND", 300, "OPEN"]]);
  await settle(shop, SALE);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([
    {
      state: "RESOLVED",
      resolution: "GONE",
      resolution_reason: "what contradicted it is gone: the transaction is success",
    },
  ]);
});

test("ORPHAN_CHARGEBACK: a chargeback of a sale that was refused", async () => {
  const shop = await ledger.openShop();
  const refused = { amount: 1000, account: shop.adyen, pspReference: "PSP1", status: "refused" };
  await shop.feed(terminalJournal(shop.terminal, [refused]));
  await settle(shop, back("Chargeback", 1000, "DIS1"));
  expect(await found(shop)).toEqual([["ORPHAN_CHARGEBACK", 1000, "OPEN"]]);
  const [orphan] = await shop.rows("reconciliation.discrepancy");
  expect(orphan?.explanation).toContain("goes back to a sale that is refused");
});

test("OVER_REFUND: more was refunded than was taken, until a refund comes back", async () => {
  const shop = await ledger.openShop();
  await settle(shop, SALE, back("Refunded", 700, "REF1"), back("Refunded", 500, "REF2"));
  expect(await found(shop)).toEqual([["OVER_REFUND", 200, "OPEN"]]);
  await settle(shop, { ...back("RefundedReversed", -500, "REF2") });
  expect(await found(shop)).toEqual([["OVER_REFUND", 200, "RESOLVED"]]);
});

test("REFUND_AND_CHARGEBACK: the shopper has the money twice, which is critical whatever the amount", async () => {
  const shop = await ledger.openShop();
  await settle(shop, SALE, back("Refunded", 100, "REF1"));
  await settle(shop, back("Chargeback", 900, "DIS1"));
  expect(await found(shop)).toEqual([]);
  const twice = await ledger.openShop();
  await settle(twice, SALE, back("Refunded", 1000, "REF1"), back("Chargeback", 1000, "DIS1"));
  expect(await twice.rows("reconciliation.discrepancy")).toMatchObject([
    { type: "REFUND_AND_CHARGEBACK", amount_at_risk_minor: 1000, severity: 4 },
  ]);
});

test("MISSING_CHARGEBACK_REVERSAL: the provider says the chargeback was taken back, and the money does not come", async () => {
  const shop = await ledger.openShop();
  await settle(shop, SALE, back("Chargeback", 1000, "DIS1"));
  await shop.feed(
    eventsFile([
      eventOf(shop, { kind: "CHARGEBACK_REVERSAL", reference: "DIS1R", originalReference: "PSP1", outcome: SUCCESS }),
    ]),
  );
  await assessed(shop, "2026-11-10");
  expect(await found(shop)).toEqual([]);
  await assessed(shop, "2026-11-30");
  expect(await found(shop)).toEqual([["MISSING_CHARGEBACK_REVERSAL", 1000, "OPEN"]]);
});

test("STATUS_CONFLICT: what a person said is contradicted by a settlement, which counts for the money", async () => {
  const shop = await ledger.openShop();
  const failed = { amount: 1000, account: shop.adyen, pspReference: "PSP1", status: "manual_intervention" };
  await shop.feed(terminalJournal(shop.terminal, [failed]));
  await assign(shop, "FAILED");
  await settle(shop, SALE);
  expect(await shop.transactions()).toMatchObject([{ status: "SUCCESS", ever_manual: true }]);
  expect(await found(shop)).toEqual([["STATUS_CONFLICT", 1000, "OPEN"]]);
});

test("IDENTITY_COLLISION: a row with an id that we have with other content", async () => {
  const shop = await ledger.openShop();
  await settle(shop, SALE);
  await shop.feed(adyenReport(shop.adyen, [{ ...SALE, gross: 5000 }], { batch: `${batch}` }));
  await shop.reconcile();
  expect(await found(shop)).toEqual([
    ["IDENTITY_COLLISION", 0, "OPEN"],
    ["IDENTITY_COLLISION", 0, "OPEN"],
  ]);
  await ledger.rows("delete from reconciliation.source_record where merchant_id = $1", [shop.id]);
  await ledger.rows(
    "update reconciliation.source_file set rows_quarantined = 0, rows_read = rows_accepted + rows_duplicate + rows_skipped where merchant_id = $1",
    [shop.id],
  );
  await assessed(shop, "2026-11-10");
  expect(await found(shop)).toEqual([
    ["IDENTITY_COLLISION", 0, "RESOLVED"],
    ["IDENTITY_COLLISION", 0, "RESOLVED"],
  ]);
});

test("BATCH_DOES_NOT_FOOT: a payout is not what its lines sum to", async () => {
  const shop = await ledger.openShop();
  const line = booked("SALE", "PSP1", 1000n);
  const payout = booked("PAYOUT", "TX1", -900n);
  await shop.feed(eventsFile([eventOf(shop, line), eventOf(shop, payout)]));
  await shop.reconcile();
  expect(await found(shop)).toEqual([["BATCH_DOES_NOT_FOOT", 100, "OPEN"]]);
  await shop.feed(eventsFile([eventOf(shop, booked("FEE", "FEE1", -100n))]));
  await shop.reconcile();
  expect(await found(shop)).toEqual([["BATCH_DOES_NOT_FOOT", 100, "RESOLVED"]]);
});

test("MISSING_PAYOUT: a payout that the bank's statements should show by now, and a batch that no payout took", async () => {
  const shop = await ledger.openShop();
  await settle(shop, SALE);
  await assessed(shop, "2026-11-30");
  expect(await found(shop)).toEqual([]);
  await ledger.rows(
    `insert into reconciliation.file_account (merchant_id, file_id, provider, account, adapter, received_at, last_date)
     select merchant_id, id, 'bank', 'BE1', 'coda', now(), '2026-11-29' from reconciliation.source_file
     where merchant_id = $1`,
    [shop.id],
  );
  await assessed(shop, "2026-11-13");
  expect(await found(shop)).toEqual([]);
  await assessed(shop, "2026-11-30");
  expect(await found(shop)).toEqual([["MISSING_PAYOUT", 990, "OPEN"]]);
  await shop.feed(eventsFile([eventOf(shop, booked("SALE", "PSP2", 500n, null))]));
  await shop.reconcile("2026-11-30");
  expect((await found(shop)).sort()).toEqual([
    ["MISSING_PAYOUT", 500, "OPEN"],
    ["MISSING_PAYOUT", 990, "OPEN"],
  ]);
});

const SUCCESS = { status: "SUCCESS", certainty: "DEFINITIVE" } as const;

function assessed(shop: Shop, asOf: string): Promise<void> {
  return inScope(ledger.services.database, { merchants: [shop.id], user: "system:worker" }, (transaction) =>
    assess(transaction, { merchantId: shop.id, runId: null, asOf }),
  );
}

function eventOf(shop: Shop, parts: Partial<ProviderEvent> & Pick<ProviderEvent, "kind" | "reference">): ProviderEvent {
  return {
    family: "ACQUIRER",
    provider: "adyen",
    account: shop.adyen,
    identity: `${parts.kind} ${parts.reference}`,
    occurredAt: { at: new Date("2026-11-02T11:00:00Z"), ambiguous: false },
    amount: { amountMinor: 1000n, currency: "EUR" },
    rawStatus: parts.kind,
    ...parts,
  };
}

function booked(kind: ProviderEvent["kind"], reference: string, minor: bigint, payout: string | null = "TX1") {
  const money = { amountMinor: minor, currency: "EUR" };
  return {
    kind,
    reference,
    amount: { amountMinor: minor < 0n ? -minor : minor, currency: "EUR" },
    booking: {
      batch: payout ?? "unpaid",
      bookingDate: "2026-11-09",
      ...(payout && { payoutReference: payout }),
      gross: money,
      fees: {},
      net: money,
    },
  };
}

/** A person's assignment, as the history keeps it. */
function assign(shop: Shop, outcome: string) {
  return ledger.rows(
    `with assigned as (
       insert into transactions.transaction_event (merchant_id, transaction_id, id, kind, source, outcome, certainty,
         precedence, outcome_rank, sequence, occurred_at, content_hash, actor_id)
       select merchant_id, id, 'evt_manual_' || id, 'SALE', 'USER', $2, 'DEFINITIVE', 5, 0, 1, occurred_at, 'manual', 'user:ann'
       from transactions.transaction where merchant_id = $1 returning transaction_id, id
     )
     update transactions.transaction t set base_status = $2, status = $2, status_rule = 5, status_origin = 'MANUAL',
       ever_manual = true, deciding_event = a.id from assigned a where t.merchant_id = $1 and t.id = a.transaction_id`,
    [shop.id, outcome],
  );
}
