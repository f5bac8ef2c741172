import { afterAll, beforeAll, expect, test } from "vitest";
import { grantMembership } from "../../subgraphs/accounts/register.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import { type Ledger, openLedger, type Row, type Shop } from "../support/ledger.ts";
import { openRunGraph, type RunGraph } from "../support/run-graph.ts";
import { adyenReport, type JournalEntry, terminalJournal } from "../support/settlement-files.ts";
import { pick, type Random, seeded } from "./random-list.ts";

const SEED = Number(process.env["SEED"] ?? 20_261_128);

let ledger: Ledger;
let graph: RunGraph;
beforeAll(async () => {
  ledger = await openLedger("as_of");
  graph = await openRunGraph(ledger);
});
afterAll(async () => {
  await graph.close();
  await ledger.close();
});

const FIGURES = `currency count sales refunds chargebacks refusals manualCount gross { amountMinor } refunded { amountMinor }
  chargedBack { amountMinor } pending { amountMinor } fees { amountMinor } net { amountMinor }`;
const FACETS = `STATUS STATUS_ORIGIN TYPE LOCATION TERMINAL REFUND_STATE DISPUTE_STATE SETTLEMENT_STATE
  RECONCILIATION_STATE`;
const LIST = `query ($filter: TransactionFilter, $orderBy: TransactionOrder, $asOf: DateTime) {
  transactions(filter: $filter, orderBy: $orderBy, asOf: $asOf, first: 100) {
    totalCount facets(fields: [${FACETS}]) { field others values { value count } }
    totals { currency count manualCount gross { amountMinor } refunded { amountMinor } chargedBack { amountMinor }
      pending { amountMinor } fees { amountMinor } net { amountMinor } }
    edges { node { id status statusOrigin everManual refundState disputeState occurredAt businessDate version brand
      merchantReference authorisationCode amount { amountMinor } capturedAmount { amountMinor } refundedAmount { amountMinor }
      chargedBackAmount { amountMinor } location { id } terminal { id } original { id status } related { id status } } } } }`;
const ONE = `query ($id: ID!, $asOf: DateTime) { transaction(id: $id, asOf: $asOf) { id status version
  history { id kind outcome } statusExplanation { rule sentence decidedBy { id } losers { id } } } }`;
const ANALYSIS = `query ($filter: TransactionFilter, $asOf: DateTime, $groupBy: [AnalysisDimension!]) {
  analysis(filter: $filter, asOf: $asOf, granularity: DAY, groupBy: $groupBy) { period { totals { ${FIGURES} }
    refusals { reason status count amount { amountMinor } }
    series { keys { dimension value } total { ${FIGURES} } points { count gross { amountMinor } } } } } }`;

const NOVEMBER = { from: "2026-10-31T23:00:00Z", to: "2026-11-30T23:00:00Z" };
const ORDERS = ["AMOUNT", "STATUS", "LOCATION"];

async function field(user: string, query: string, variables: Row): Promise<unknown> {
  const { data, errors } = await graph.ask(user, query, variables);
  expect(errors).toBeUndefined();
  return Object.values(data ?? {})[0];
}

/** An instant by the database's clock that lies after all that was written and before all that will be. */
async function instant(): Promise<string> {
  const [row] = await ledger.rows<{ now: string }>(
    "select to_char(clock_timestamp() + interval '1 ms', 'YYYY-MM-DD\"T\"HH24:MI:SS.MSOF:00') as now",
  );
  const now = row?.now ?? "";
  for (;;) {
    const [clock] = await ledger.rows<{ over: boolean }>("select clock_timestamp() > $1::timestamptz as over", [now]);
    if (clock?.over) return new Date(now).toISOString();
  }
}

type Filters = readonly { readonly filter: Row; readonly orderBy: Row; readonly groupBy: readonly string[] }[];

function randomFilters(random: Random): Filters {
  const choices = (from: readonly string[]) => from.filter(() => random() < 0.5);
  return Array.from({ length: 3 }, (_, index) => ({
    filter: {
      ...(random() < 0.5 && { statuses: choices(["SUCCESS", "PROCESSING", "REFUSED", "REFUNDED", "CHARGEBACK"]) }),
      ...(random() < 0.3 && { settlementStates: choices(["UNSETTLED", "SETTLED", "PAID_OUT"]) }),
      ...(random() < 0.3 && { statusOrigin: "MANUAL" }),
      ...(random() < 0.3 && { everManual: true }),
      ...(random() < 0.3 && { occurredAt: { from: "2026-11-06T00:00:00Z" } }),
      ...(random() < 0.2 && { amount: { currency: "EUR", minimumMinor: "900" } }),
    },
    orderBy: { field: ORDERS[index], direction: pick(random, ["ASC", "DESC"]) },
    groupBy: [pick(random, ["STATUS", "LOCATION", "STATUS_ORIGIN", "HOUR_OF_DAY"])],
  }));
}

/** All that the overview says to a person, now or as of an instant. */
async function saidTo(user: string, filters: Filters, asOf: string | null, ids: readonly string[]) {
  const lists = await Promise.all(filters.map(({ filter, orderBy }) => field(user, LIST, { filter, orderBy, asOf })));
  const analyses = await Promise.all(
    filters.map(({ filter, groupBy }) =>
      field(user, ANALYSIS, { filter: { ...filter, occurredAt: NOVEMBER }, groupBy, asOf }),
    ),
  );
  return { lists, analyses, each: await Promise.all(ids.map((id) => field(user, ONE, { id, asOf }))) };
}

/** A shop with two locations and two terminals, an administrator, and someone who sees the second location only. */
async function openPlaces() {
  const shop = await ledger.openShop();
  const second = `${shop.id}_b`;
  const place =
    "insert into accounts.location (merchant_id, id, name, country, zone) values ($1, $2, 'Brugge', 'BE', $3)";
  await ledger.rows(place, [shop.id, second, "Europe/Brussels"]);
  const [admin, there] = [`ada@${shop.id}`, `eva@${shop.id}`];
  const scope = { merchants: [shop.id], user: "user:test" };
  await inScope(ledger.services.database, scope, async (transaction) => {
    const grant = { merchantId: shop.id, role: "administrator", userId: admin } as const;
    await grantMembership(transaction, grant, "user:test");
    await grantMembership(
      transaction,
      { ...grant, userId: there, role: "location_manager", locations: [second] },
      "user:test",
    );
  });
  return { shop, second, admin, there };
}

type Places = Awaited<ReturnType<typeof openPlaces>>;
let sent = 0;
const input = (more: Row) => ({ input: { idempotencyKey: `as-of-${++sent}`, ...more } });

/** What may befall a shop's transactions, each by the way that it does. */
function changesOf({ shop, second, admin }: Places, random: Random) {
  let told = 0;
  const day = () => String(2 + Math.floor(random() * 18)).padStart(2, "0");
  const sales: { readonly psp: string; readonly amount: number }[] = [];
  const newSale = (): JournalEntry => {
    const sale = { psp: `PSP${++told}`, amount: 500 + 50 * Math.floor(random() * 20) };
    sales.push(sale);
    const status = pick(random, ["processing", "processing", "success", "refused", "manual_intervention"]);
    const time = `2026-11-${day()} 12:${String(told % 60).padStart(2, "0")}:00`;
    return { amount: sale.amount, pspReference: sale.psp, account: shop.adyen, time, status };
  };
  const booked = (type: string, sign: number) => {
    const { psp, amount } = pick(random, sales);
    const gross = sign * (random() < 0.4 ? amount / 2 : amount);
    return { type, psp, gross, ...(type !== "Settled" && { modification: `M${++told}` }), fee: sign > 0 ? 10 : 0 };
  };
  return {
    sales: () => shop.feed(terminalJournal(shop.terminal, [newSale(), newSale(), newSale()])),
    settle: () =>
      shop.feed(adyenReport(shop.adyen, [booked("Settled", 1), booked("Settled", 1)], { batch: `${++told}` })),
    goBack: () =>
      shop.feed(
        adyenReport(shop.adyen, [booked("Refunded", -1), booked("Chargeback", -1)], {
          batch: `${++told}`,
          payout: false,
        }),
      ),
    unknown: () =>
      shop.feed(adyenReport(shop.adyen, [{ psp: `PSP${told + 40}`, gross: 700, fee: 7 }], { batch: `${++told}` })),
    reconcile: async () => {
      await field(
        admin,
        "mutation ($input: StartReconciliationInput!) { startReconciliation(input: $input) { __typename } }",
        input({ mode: "COMMIT" }),
      );
      await shop.reconcile(pick(random, ["2026-11-02", "2026-12-20"]));
    },
    assign: async () => {
      const waiting =
        "select id, version from transactions.waiting join transactions.transaction using (merchant_id, id) where merchant_id = $1";
      const [row] = await ledger.rows(waiting, [shop.id]);
      if (!row) return;
      const status = pick(random, ["SUCCESS", "FAILED"]);
      const assignment = { transactionId: row["id"], expectedVersion: row["version"], status, reason: "seen" };
      await field(
        admin,
        "mutation ($input: AssignStatusInput!) { assignStatus(input: $input) { __typename } }",
        input(assignment),
      );
    },
    move: async () => {
      const text = "select id from accounts.terminal where merchant_id = $1 order by valid_from desc limit 1";
      const [row] = await ledger.rows(text, [shop.id]);
      const at = new Date(Date.UTC(2026, 10, 3) + ++told * 3_600_000 * 4).toISOString();
      const move = {
        merchantId: shop.id,
        terminalId: row?.["id"],
        locationId: pick(random, [second, second, shop.id.replace("mer", "loc")]),
        at,
      };
      await field(
        admin,
        "mutation ($input: MoveTerminalInput!) { moveTerminal(input: $input) { __typename } }",
        input(move),
      );
    },
  };
}

async function idsOf(shop: Shop): Promise<readonly string[]> {
  const text = "select id from transactions.transaction where merchant_id = $1 and superseded_by is null order by id";
  return (await ledger.rows<{ id: string }>(text, [shop.id])).map(({ id }) => id);
}

test(`as of each instant the overview says what it said then, whatever has befallen it since (SEED=${SEED})`, async () => {
  const random = seeded(SEED);
  const places = await openPlaces();
  const { shop, admin, there } = places;
  const changes = changesOf(places, random);
  const filters: Filters = [
    { filter: {}, orderBy: { field: "OCCURRED_AT", direction: "DESC" }, groupBy: [] },
    ...randomFilters(random),
  ];
  const said: {
    readonly at: string;
    readonly ids: readonly string[];
    readonly admin: unknown;
    readonly there: unknown;
  }[] = [];
  const first = await instant();
  await changes.sales();
  const each: readonly (() => Promise<unknown>)[] = Object.values(changes);
  for (const step of [...each, ...each, ...Array.from({ length: 4 }, () => pick(random, each))]) {
    await step();
    const at = await instant();
    const ids = (await idsOf(shop)).filter(() => random() < 0.3);
    said.push({
      at,
      ids,
      admin: await saidTo(admin, filters, null, ids),
      there: await saidTo(there, filters, null, []),
    });
  }
  const answers = new Set(said.map((each) => JSON.stringify(each.admin)));
  // What never changed would prove nothing.
  expect(answers.size).toBeGreaterThan(8);
  expect(new Set(said.map((each) => JSON.stringify(each.there))).size).toBeGreaterThan(3);
  for (const { at, ids, ...then } of said) {
    expect(await saidTo(admin, filters, at, ids), at).toEqual(then.admin);
    expect(await saidTo(there, filters, at, []), at).toEqual(then.there);
  }
  const later = said.at(-1)?.ids ?? [];
  expect(await saidTo(admin, filters, first, later)).toMatchObject({
    lists: filters.map(() => ({ totalCount: "0", edges: [], totals: [] })),
    each: later.map(() => null),
  });
});
