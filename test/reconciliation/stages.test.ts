import { afterAll, beforeAll, expect, test } from "vitest";
import type { PaymentFacts, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { eventAdapter, eventsFile } from "../support/event-adapter.ts";
import { type Ledger, openLedger, type Row, type Shop } from "../support/ledger.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("stages", () => eventAdapter);
});
afterAll(() => ledger.close());

type Facts = PaymentFacts & { readonly reference?: string; readonly at?: string; readonly fee?: bigint };
const AMOUNT = { amountMinor: 1240n, currency: "EUR" };
const at = (time = "2026-11-02T11:00:00Z") => ({ at: new Date(time), ambiguous: false });

/** What a terminal says: it happened, and nobody knows yet whether it is paid. */
const reported = (shop: Shop, key: string, { reference, at: time, fee: _, ...payment }: Facts): ProviderEvent => ({
  ...{ kind: "SALE", family: "ACQUIRER", provider: "adyen", account: shop.adyen, terminal: shop.terminal },
  ...{ localReference: key, ...(reference && { reference }), occurredAt: at(time), amount: AMOUNT, payment },
  ...{ outcome: { status: "PROCESSING", certainty: "INDETERMINATE" }, rawStatus: "processing" },
});

/** What the acquirer books for it. */
const booked = (shop: Shop, key: string, { reference, at: time, fee = -12n, ...payment }: Facts): ProviderEvent => ({
  ...{ kind: "SALE", family: "ACQUIRER", provider: "adyen", account: shop.adyen, terminal: shop.terminal },
  ...{ identity: key, ...(reference && { reference }), occurredAt: at(time), amount: AMOUNT, payment },
  booking: {
    ...{ batch: "7", bookingDate: "2026-11-09", gross: AMOUNT, fees: { markup: fee } },
    net: { amountMinor: AMOUNT.amountMinor + fee, currency: "EUR" },
  },
  rawStatus: "Settled",
});

type Case = { readonly reports: readonly Facts[]; readonly lines: readonly Facts[] };

/** Feeds both sides, in either order, and gives the claims that stand in each. */
async function claimsOf({ reports, lines }: Case): Promise<Row[]> {
  const outcomes: Row[][] = [];
  for (const isLate of [false, true]) {
    const shop = await ledger.openShop();
    const files = [
      eventsFile(reports.map((facts, index) => reported(shop, `r${index}`, facts))),
      eventsFile(lines.map((facts, index) => booked(shop, `l${index}`, facts))),
    ];
    for (const file of isLate ? files.reverse() : files) {
      await shop.feed(file);
      await shop.reconcile();
    }
    outcomes.push(await ledger.rows(CLAIMS, [shop.id]));
  }
  const [early, late] = outcomes;
  expect(late).toEqual(early);
  return early!;
}

/**
 * Claims of reported transactions, by what both sides say. A transaction that was inferred from the line that has its
 * reference, and reported since, was matched by that reference.
 */
const CLAIMS = `
  select replace(c.stage, 'SETTLEMENT_ONLY', 'REFERENCE') as stage, c.compared - 'runnerUp' as compared, t.stan as transaction_stan, l.arn as line_arn
  from reconciliation.claim c
  join transactions.transaction t on t.merchant_id = c.merchant_id and t.id = c.transaction_id
  join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
  where c.merchant_id = $1 and c.released_at is null and not t.provisional
  order by t.stan, l.arn`;

const RRN = "629811004711";
const ARN = (n: number) => `7450000630600000000000${n}`;

test.each<[string, Facts, Facts]>([
  ["RRN", { rrn: RRN, stan: "1" }, { rrn: RRN }],
  ["STAN", { stan: "1" }, { stan: "1" }],
  ["MERCHANT_REFERENCE", { merchantReference: "order 7", stan: "1" }, { merchantReference: "order 7" }],
])("%s finds the transaction at its terminal", async (stage, report, line) => {
  const decoy = { stan: "2", at: "2026-11-02T11:20:00Z" };
  expect(await claimsOf({ reports: [report, decoy], lines: [line] })).toMatchObject([{ stage, transaction_stan: "1" }]);
});

test("an order is found for as long as the rules say, though nothing else is near it", async () => {
  const report = { merchantReference: "order 8", stan: "1", at: "2026-11-02T11:00:00Z" };
  const after = (days: number) => ({ merchantReference: "order 8", at: `2026-11-${days + 2}T11:00:00Z` });
  expect(await claimsOf({ reports: [report], lines: [after(13)] })).toMatchObject([{ stage: "MERCHANT_REFERENCE" }]);
  expect(await claimsOf({ reports: [report], lines: [after(15)] })).toEqual([]);
});

test("a STAN that has wrapped around since is another payment", async () => {
  const claims = await claimsOf({ reports: [{ stan: "1", at: "2026-10-01T11:00:00Z" }], lines: [{ stan: "1" }] });
  expect(claims).toEqual([]);
});

test("an order number that two purchases share decides nothing", async () => {
  const merchantReference = "order 7";
  const claims = await claimsOf({
    reports: [
      { merchantReference, stan: "1" },
      { merchantReference, stan: "2", at: "2026-11-03T09:00:00Z" },
    ],
    lines: [{ merchantReference, at: "2026-11-04T11:00:00Z" }],
  });
  expect(claims).toEqual([]);
});

test("a damaged reference gives way to the ARN, unless it is another transaction's", async () => {
  const reports = [{ reference: "PSP1", arn: ARN(1), stan: "1" }];
  const damaged = { reference: "PSP1X", arn: ARN(1) };
  expect(await claimsOf({ reports, lines: [damaged] })).toMatchObject([{ stage: "ARN", transaction_stan: "1" }]);
  const both = await claimsOf({ reports, lines: [damaged, { reference: "PSP1" }] });
  expect(both).toMatchObject([{ stage: "REFERENCE", transaction_stan: "1", line_arn: null }]);
});

test("twins are paired one to one, and each claim says that they are interchangeable", async () => {
  const twin = { authorisationCode: "Y1", last4: "7788" };
  const claims = await claimsOf({
    reports: [twin, twin],
    lines: [
      { ...twin, reference: "PSP1", arn: ARN(1) },
      { ...twin, reference: "PSP2", arn: ARN(2) },
    ],
  });
  const pair = { stage: "INTERCHANGEABLE", compared: { interchangeable: 2 } };
  expect(claims).toMatchObject([
    { ...pair, line_arn: ARN(1) },
    { ...pair, line_arn: ARN(2) },
  ]);
});

test.each<[string, readonly Facts[], readonly Facts[]]>([
  ["a fee that differs", [{}, {}], [{ fee: -12n }, { fee: -20n }]],
  ["a STAN that differs", [{ stan: "1" }, { stan: "2" }], [{}, {}]],
  ["one line too many", [{}, {}], [{}, {}, {}]],
])("twins with %s are left to a person", async (_, reports, lines) => {
  const twin = { authorisationCode: "Y1", last4: "7788" };
  const claims = await claimsOf({
    reports: reports.map((facts) => ({ ...twin, ...facts })),
    lines: lines.map((facts, index) => ({ ...twin, reference: `PSP${index}`, ...facts })),
  });
  expect(claims).toEqual([]);
});

test("evidence as a whole pairs what no key decides, and names what it beat", async () => {
  const code = { authorisationCode: "Y1", last4: "7788" };
  const claims = await claimsOf({
    reports: [
      { ...code, stan: "1", at: "2026-11-02T11:00:01Z" },
      { ...code, stan: "2", at: "2026-11-02T14:00:01Z" },
    ],
    lines: [
      { ...code, reference: "PSP1", arn: ARN(1), at: "2026-11-02T11:00:00Z" },
      { ...code, reference: "PSP2", arn: ARN(2), at: "2026-11-02T14:00:00Z", fee: -20n },
    ],
  });
  expect(claims).toMatchObject([
    { stage: "SCORED", transaction_stan: "1", line_arn: ARN(1), compared: { points: 100, margin: 50 } },
    { stage: "SCORED", transaction_stan: "2", line_arn: ARN(2), compared: { points: 100, margin: 50 } },
  ]);
});

test("a damaged reference is found by its likeness and the evidence, unless it is another transaction's", async () => {
  const code = { authorisationCode: "Y1", last4: "7788" };
  const reports = [{ ...code, reference: "B3CDFGHJKLMN8PQR", stan: "1" }];
  const damaged = { ...code, reference: "B3CDFGHJKLMN3PQR", arn: ARN(1) };
  expect(await claimsOf({ reports, lines: [damaged] })).toMatchObject([{ stage: "SCORED", compared: { points: 140 } }]);
  const both = await claimsOf({ reports, lines: [damaged, { ...code, reference: "B3CDFGHJKLMN8PQR" }] });
  expect(both).toMatchObject([{ stage: "REFERENCE", line_arn: null }]);
});

test("evidence that fits two purchases equally well decides nothing, and the money at risk is named", async () => {
  const shop = await ledger.openShop();
  const code = { authorisationCode: "Y1", last4: "7788" };
  await shop.feed(
    eventsFile([
      reported(shop, "r1", { ...code, stan: "1", at: "2026-11-02T10:59:42Z" }),
      reported(shop, "r2", { ...code, stan: "2", at: "2026-11-02T11:00:18Z" }),
    ]),
  );
  await shop.feed(eventsFile([booked(shop, "l1", { ...code, reference: "PSP1" })]));
  await shop.reconcile();
  expect(await ledger.rows(CLAIMS, [shop.id])).toEqual([]);
  expect(await shop.rows("reconciliation.discrepancy")).toMatchObject([
    {
      type: "AMBIGUOUS_MATCH",
      amount_at_risk_minor: 1240,
      candidates: [expect.any(String), expect.any(String)],
      runner_up: expect.any(String),
      margin: 0,
    },
  ]);
});

test("an equal amount alone makes no candidate: the line is a purchase of its own", async () => {
  const claims = await claimsOf({
    reports: [{ stan: "1", at: "2026-11-02T08:00:00Z" }],
    lines: [{ reference: "PSP1" }],
  });
  expect(claims).toEqual([]);
});
