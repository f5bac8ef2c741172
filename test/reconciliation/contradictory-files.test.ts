import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventOf, fact, openAccount, type Told } from "../support/contradictory-facts.ts";
import { decidedState } from "../support/decided-state.ts";
import { eventAdapter, eventsFile } from "../support/event-adapter.ts";
import { type Ledger, openLedger, type Row, type Shop } from "../support/ledger.ts";
import { passesOverSeveral } from "../support/passes.ts";
import { expectReplayAlike } from "../support/replays-alike.ts";

/**
 * Files in which nothing is as it should be: a reference that is a sale's and a refund's, a sale that is settled for all and
 * in part, one code for several, money in two currencies. What they mean is a person's to say; a run must get to its end
 * with them, leave a ledger that holds (the suite ends with all invariants), and say the same when it is asked again.
 * `SEED=7 SHOPS=1000 npx vitest run test/reconciliation/contradictory-files.test.ts` looks at others.
 */
const SEED = Number(process.env.SEED ?? 20_261_130);
const SHOPS = Number(process.env.SHOPS ?? 20);

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("contradictory", () => eventAdapter);
});
afterAll(() => ledger.close());

/** Some files, and after which of them a run is carried out. Where all is in euros, partitions are matched in one pass. */
const days = fc.record({
  files: fc.array(fc.record({ facts: fc.array(fact, { minLength: 1, maxLength: 8 }), run: fc.boolean() }), {
    minLength: 1,
    maxLength: 5,
  }),
  inEuros: fc.boolean(),
});

test(`runs end, hold and come to rest, whatever files say (seed ${SEED})`, {
  timeout: 1_800_000,
  retry: 0,
}, async () => {
  await fc.assert(
    fc.asyncProperty(days, async ({ files, inEuros }) => {
      const shop = await ledger.openShop();
      await openAccount(ledger, shop);
      let number = 0;
      for (const { facts, run } of files) {
        const told: readonly Told[] = inEuros
          ? facts.map((one) => ({ ...one, currency: "EUR", processing: undefined }))
          : facts;
        const { record } = await shop.feed(eventsFile(told.map((one) => eventOf(shop, one, ++number))));
        expect(["APPLIED", "PARTIALLY_APPLIED"]).toContain(record.status);
        if (run) await carryOut(shop);
      }
      await carryOut(shop);
      // What one partition found may be news to another that was matched before it.
      await runAgain(shop, "run_again");
      const atRest = await decidedState(ledger, shop.id);
      await runAgain(shop, "run_at_rest");
      expect(await decidedState(ledger, shop.id)).toEqual(atRest);
      const ended = await ledger.rows("select distinct status from reconciliation.run where merchant_id = $1", [
        shop.id,
      ]);
      expect(ended).toEqual([{ status: "SUCCEEDED" }]);
    }),
    { seed: SEED, numRuns: SHOPS, endOnFailure: true },
  );
  expect(await passesOverSeveral(ledger)).toBeGreaterThan(0);
});

/** Whatever a run found, it finds again, though it matched several partitions in one pass and its replay does each alone. */
async function carryOut(shop: Shop): Promise<void> {
  await shop.reconcile();
  await expectReplayAlike(ledger, shop.id);
}

/** Feeds each list as a file of its own and carries a run out after it. */
async function told(...files: readonly (readonly Told[])[]) {
  const shop = await ledger.openShop();
  let number = 0;
  let record: Row = {};
  for (const facts of files) {
    const events = facts.map((one) => eventOf(shop, one, ++number));
    ({ record } = await shop.feed(eventsFile(events)));
    await shop.reconcile();
  }
  const open = await ledger.rows(
    "select type, explanation from reconciliation.discrepancy where merchant_id = $1 and state = 'OPEN' order by type",
    [shop.id],
  );
  const claims = await ledger.rows(
    `select l.kind, t.type from reconciliation.claim c
     join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
     join transactions.transaction t on t.merchant_id = c.merchant_id and t.id = c.transaction_id
     where c.merchant_id = $1 and c.released_at is null`,
    [shop.id],
  );
  return { shop, record, open, claims };
}

const SALE: Told = { kind: "SALE", reference: "R1" };
const REPORTED_SALE: Told = { ...SALE, reported: true, settled: false };
const REFUND: Told = { kind: "REFUND", reference: "R1", minor: 400n };
const UNDER_A_SALE = {
  type: "UNEXPECTED_SETTLEMENT",
  explanation: "refund of 4.00 EUR comes under the reference of a sale",
};

test.each([
  ["that was reported", [[REPORTED_SALE], [REFUND]], []],
  ["that was reported and is settled by the same file", [[REPORTED_SALE], [SALE, REFUND]], [{ kind: "SALE" }]],
  ["that only its line tells of", [[SALE], [REFUND]], [{ kind: "SALE" }]],
  ["that only a line of the same file tells of", [[REFUND, SALE]], [{ kind: "SALE" }]],
])("a refund under the reference of a sale %s is claimed by nothing, and a person is told", async (_, files, sales) => {
  const { open, claims } = await told(...files);
  expect(open).toEqual([UNDER_A_SALE]);
  expect(claims).toEqual(sales.map((sale) => ({ ...sale, type: "SALE" })));
});

test("a capture that names nothing keeps no other line of its file from being settled", async () => {
  const { open, claims } = await told([REPORTED_SALE], [{ kind: "CAPTURE" }, SALE]);
  expect(open).toMatchObject([{ type: "UNEXPECTED_SETTLEMENT" }]);
  expect(claims).toEqual([{ kind: "SALE", type: "SALE" }]);
});

test("a report that does not say of what it is keeps no other row of its file out", async () => {
  const { shop, record } = await told([
    { ...REPORTED_SALE, kind: "CANCELLATION", reference: undefined },
    REPORTED_SALE,
  ]);
  expect(record).toMatchObject({ status: "PARTIALLY_APPLIED" });
  expect(await shop.rows("reconciliation.source_record")).toMatchObject([
    { code: "UNREADABLE", problem: expect.stringContaining("the row needs the provider's reference") },
  ]);
  expect(await shop.transactions()).toHaveLength(1);
});

const ARN = "74000000000000000000001";
const KNOWN_BY_ARN: Told = { kind: "SALE", reported: true, settled: false, minor: 600n, arn: ARN };
const LEADS_THERE: Told = { ...SALE, minor: 600n, arn: ARN };
const AWAY: Told = { ...SALE, minor: 400n };

test("what another line of the file leads its reference to, a line does not make a purchase of its own", async () => {
  const { shop, open, claims } = await told([KNOWN_BY_ARN], [LEADS_THERE, AWAY]);
  expect(open).toMatchObject([{ type: "DUPLICATE_SETTLEMENT" }]);
  expect(claims).toHaveLength(1);
  expect(await shop.transactions()).toMatchObject([{ amount_minor: 600, settled_net_minor: 597 }]);
});

test("a purchase known from a line alone gives way where another line leads its reference to a reported one", async () => {
  const { shop } = await told([AWAY], [KNOWN_BY_ARN], [LEADS_THERE]);
  expect(await shop.transactions()).toMatchObject([{ amount_minor: 600, settled_net_minor: 597 }]);
});

test("a purchase that is settled in euros takes no line in dollars as well", async () => {
  const inEuros: Told = { ...SALE, minor: 600n, processing: "USD" };
  const { shop, open } = await told([inEuros], [{ ...SALE, minor: 400n, currency: "USD" }]);
  expect(open).toEqual([
    { type: "CURRENCY_MISMATCH", explanation: "line books 4.00 USD for a transaction that is settled in EUR" },
  ]);
  expect(await shop.transactions()).toMatchObject([{ settled_net_minor: 597, settled_currency: "EUR" }]);
});

test("a chargeback that turns out to be of another sale is told of the first no more", async () => {
  const chargeback: Told = { kind: "CHARGEBACK", reference: "R3", originalReference: "R1", minor: 400n };
  const { shop } = await told(
    [REPORTED_SALE, { ...REPORTED_SALE, reference: "R2" }],
    [SALE, { ...SALE, reference: "R2" }, chargeback],
    [{ ...chargeback, originalReference: "R2", reported: true, settled: false, outcome: "SUCCESS" }],
  );
  const sales = (await shop.transactions()).filter(({ type }) => type === "SALE");
  expect(sales.map(({ charged_back_minor }) => charged_back_minor)).toEqual([0, 400]);
});

const REPORTED: Told = { kind: "SALE", reported: true, settled: false };
const BOOKED: Told = { kind: "SALE", reference: "R1", merchantReference: "order 1" };

test.each([
  [
    "two purchases by one kind of key",
    [
      { ...REPORTED, merchantReference: "order 1" },
      { ...REPORTED, minor: 600n, merchantReference: "order 2" },
    ],
    [BOOKED, { ...BOOKED, minor: 600n, merchantReference: "order 2" }],
    [],
  ],
  [
    "two that nothing tells apart",
    [
      { ...REPORTED, merchantReference: "order 1" },
      { ...REPORTED, merchantReference: "order 1" },
    ],
    [BOOKED, BOOKED],
    [],
  ],
  [
    "one by a stronger key than another",
    [
      { ...REPORTED, arn: ARN },
      { ...REPORTED, minor: 600n, merchantReference: "order 2" },
    ],
    [
      { ...BOOKED, arn: ARN },
      { ...BOOKED, minor: 600n, merchantReference: "order 2" },
    ],
    [{ kind: "SALE", type: "SALE" }],
  ],
] satisfies readonly (readonly [string, readonly Told[], readonly Told[], readonly Row[]])[])(
  "lines of one reference that lead to %s are never of both",
  async (_, reported, booked, expected) => {
    const { shop, open, claims } = await told(reported, booked);
    expect(claims).toEqual(expected);
    const doubts = open.map(({ type }) => type);
    expect(doubts).toEqual(expected.length === 0 ? ["AMBIGUOUS_MATCH", "AMBIGUOUS_MATCH"] : ["DUPLICATE_SETTLEMENT"]);
    expect(await shop.transactions()).toHaveLength(2);
  },
);

async function runAgain(shop: Shop, id: string): Promise<void> {
  await ledger.rows(
    `insert into reconciliation.run (merchant_id, id, idempotency_key, mode, trigger, requested_by)
     values ($1, $2, $2, 'COMMIT', 'USER', 'ann')`,
    [shop.id, id],
  );
  await shop.reconcile();
}
