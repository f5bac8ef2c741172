import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ledger, openLedger, type Row } from "../support/ledger.ts";
import { type AdyenLine, adyenReport, type JournalEntry, terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("order");
});
afterAll(() => ledger.close());

/** What a merchant sees of a transaction; ids, versions and times of recording are ours. */
const SEEN = [
  ..."type base_status status status_rule certainty status_origin occurred_at business_date currency amount_minor".split(
    " ",
  ),
  ..."captured_minor refunded_minor charged_back_minor refund_state dispute_state settlement_state".split(" "),
  ..."reconciliation_state settled_fee_minor settled_net_minor settled_currency payment_type payment_method brand".split(
    " ",
  ),
  ..."entry_mode transaction_number psp_reference merchant_reference authorisation_code last4 arn stan".split(" "),
  ..."provisional original_reference".split(" "),
];

type Files = Readonly<Record<string, (shop: { adyen: string; terminal: string }) => string>>;

/** Feeds the files in an order, reconciling after each, and returns what is seen in the end. */
async function outcomeOf(files: Files, order: readonly string[]): Promise<unknown[]> {
  const shop = await ledger.openShop();
  for (const name of order) {
    await shop.feed(files[name]!(shop));
    await shop.reconcile();
  }
  const seen = (row: Row) => Object.fromEntries(SEEN.map((column) => [column, row[column]]));
  return (await shop.transactions()).map(seen);
}

function ordersOf(names: readonly string[]): string[][] {
  if (names.length <= 1) return [[...names]];
  return names.flatMap((name) => ordersOf(names.filter((other) => other !== name)).map((rest) => [name, ...rest]));
}

async function expectOneOutcome(files: Files): Promise<unknown[]> {
  const [first, ...others] = ordersOf(Object.keys(files));
  const expected = await outcomeOf(files, first!);
  for (const order of others) expect(await outcomeOf(files, order), order.join(" → ")).toEqual(expected);
  return expected;
}

const ARN = "74500006306000000000017";
const SALE: AdyenLine = {
  psp: "PSP1",
  gross: 1240,
  fee: 13,
  arn: ARN,
  authorisation: "A1B2C3",
  created: "2026-11-02 12:00:07",
  merchantReference: "order 1",
};
const REPORT: JournalEntry = { amount: 1240, stan: "1", authCode: "A1B2C3", maskedPan: "541333XXXXXX0001" };
const REFUND: AdyenLine = {
  type: "Refunded",
  psp: "PSP1",
  modification: "REF1",
  gross: -400,
  booked: "2026-11-12 06:00:00",
};

const report =
  (...entries: JournalEntry[]) =>
  ({ adyen, terminal }: { adyen: string; terminal: string }) =>
    terminalJournal(
      terminal,
      entries.map((entry) => ({ account: adyen, ...entry })),
    );
const settlement =
  (batch: string, ...lines: AdyenLine[]) =>
  ({ adyen }: { adyen: string }) =>
    adyenReport(adyen, lines, { batch });

test("journal, settlement and refund give the same in any order when references are known", {}, async () => {
  const outcome = await expectOneOutcome({
    journal: report({ ...REPORT, pspReference: "PSP1" }),
    settlement: settlement("7", SALE),
    refund: settlement("8", REFUND),
  });
  expect(outcome).toMatchObject([
    { type: "REFUND", amount_minor: 400 },
    { type: "SALE", status: "SUCCESS", refund_state: "PARTIAL", settled_net_minor: 1227, provisional: false },
  ]);
});

test("and also when the terminal knows no reference, so that the settlement finds it", {}, async () => {
  const outcome = await expectOneOutcome({
    journal: report(REPORT),
    settlement: settlement("7", SALE),
    refund: settlement("8", REFUND),
  });
  expect(outcome).toMatchObject([
    { type: "REFUND" },
    { type: "SALE", status: "SUCCESS", refund_state: "PARTIAL", psp_reference: "PSP1", provisional: false },
  ]);
});

test("a refused payment that was settled stays refused in any order", async () => {
  const outcome = await expectOneOutcome({
    journal: report({ ...REPORT, pspReference: "PSP1", status: "refused" }),
    settlement: settlement("7", SALE),
  });
  expect(outcome).toMatchObject([{ status: "REFUSED" }]);
});

test("chargeback, reversal and settlement give the same in any order", async () => {
  await expectOneOutcome({
    settlement: settlement("7", SALE),
    chargeback: settlement("8", {
      type: "Chargeback",
      psp: "PSP1",
      modification: "DIS1",
      gross: -1240,
      booked: "2026-11-12 06:00:00",
    }),
    reversal: settlement("9", {
      type: "ChargebackReversed",
      psp: "PSP1",
      modification: "DIS1",
      gross: 1240,
      booked: "2026-11-13 06:00:00",
    }),
  });
});

test("a reversed settlement cancels the sale in any order", async () => {
  const outcome = await expectOneOutcome({
    journal: report(REPORT),
    settlement: settlement("7", SALE),
    reversal: settlement("8", { type: "SettledReversed", psp: "PSP1", gross: -1240, booked: "2026-11-12 06:00:00" }),
  });
  expect(outcome).toMatchObject([{ type: "SALE", status: "CANCELLED" }]);
});

test("two reports on one payment give the same in any order", async () => {
  const outcome = await expectOneOutcome({
    started: report({ ...REPORT, pspReference: "PSP1" }),
    ended: report({ ...REPORT, pspReference: "PSP1", status: "success" }),
  });
  expect(outcome).toMatchObject([{ status: "SUCCESS", status_rule: 4 }]);
});

test("settlement of another amount is a mismatch in any order", async () => {
  const outcome = await expectOneOutcome({
    journal: report({ ...REPORT, pspReference: "PSP1" }),
    settlement: settlement("7", { ...SALE, gross: 1200 }),
  });
  expect(outcome).toMatchObject([{ status: "PROCESSING", amount_minor: 1240, reconciliation_state: "DISCREPANT" }]);
});
