import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, type Graph, openGraph, type Row } from "../subgraphs/support/graph.ts";
import {
  CHOICES,
  PLACES,
  pick,
  type RandomFilter,
  randomFilter,
  randomSale,
  type Sale,
  seeded,
  statusColumns,
} from "./random-list.ts";
import { type Desk, type Figures, figuresOf, openDesk, type Shown, sumOf, TOLD, type Told } from "./same-figures.ts";

const SEED = Number(process.env["SEED"] ?? 20_261_128);
const random = seeded(SEED);
const FIELDS = ["OCCURRED_AT", "AMOUNT", "STATUS", "LOCATION"] as const;

/** What stands in the database, kept beside it. */
const ledger = new Map<string, Sale>();
let graph: Graph;
let desk: Desk;
beforeAll(async () => {
  graph = await openGraph("list_property", [subgraph], { ann: { mer_a: "finance", mer_b: "finance" } });
  // Names in another order than ids, and one of them of two places.
  for (const merchant_id of ["mer_a", "mer_b"]) {
    for (const [index, id] of PLACES.entries()) {
      if (id === null) continue;
      const name = ["Zaventem", "aalst", "Aalst"][index];
      await graph.insert("accounts.location", { merchant_id, id, name, country: "BE", zone: "Europe/Brussels" });
    }
  }
  for (let n = 0; n < 120; n++) await addSale(`sale ${n}`);
  desk = await openDesk(graph);
});
afterAll(async () => {
  await desk?.close();
  await graph.close();
});

async function addSale(reference: string, given: Row = {}): Promise<void> {
  const row = { ...randomSale(random, reference), ...given };
  ledger.set(row.id, row);
  await graph.insert("transactions.transaction", row);
}

async function changeSale(touched: Set<string>): Promise<void> {
  const row = pick(random, [...ledger.values()]);
  const now = { ...row, ...statusColumns(random, row["amount_minor"] as bigint) };
  touched.add(row.id);
  ledger.set(row.id, now);
  await graph.sql(
    "update transactions.transaction set status = $2, base_status = $3, captured_minor = $4, version = version + 1 where id = $1",
    [row.id, now["status"], now["base_status"], now["captured_minor"]],
  );
}

/** What a chargeback changes: it is a row of its own, and the sale is charged back. */
async function chargeBack(reference: string, touched: Set<string>): Promise<void> {
  const sale = pick(
    random,
    [...ledger.values()].filter((row) => row["type"] === "SALE" && row["base_status"] === "SUCCESS"),
  );
  await addSale(reference, { ...CHARGED_BACK, merchant_id: sale["merchant_id"], currency: sale["currency"] });
  touched.add(sale.id);
  ledger.set(sale.id, { ...sale, status: "CHARGEBACK", dispute_state: "OPEN" });
  await graph.sql(
    `update transactions.transaction set status = 'CHARGEBACK', dispute_state = 'OPEN', charged_back_minor = amount_minor,
       version = version + 1 where id = $1`,
    [sale.id],
  );
}

const CHARGED_BACK = { type: "CHARGEBACK", status: "SUCCESS", base_status: "SUCCESS", captured_minor: 0n };

const LIST = `query ($filter: TransactionFilter, $orderBy: TransactionOrder, $first: Int, $after: String, $last: Int, $before: String) {
  transactions(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    edges { node { id type status amount { amountMinor currency } capturedAmount { amountMinor } location { id } occurredAt } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
const FIGURES = `query ($filter: TransactionFilter, $fields: [FacetField!]!) { transactions(filter: $filter, first: 1) {
  totalCount totals { ${TOLD} }
  facets(fields: $fields, limit: 3) { field others values { value count } } } }`;

const ANALYSIS = `query ($filter: TransactionFilter) {
  analysis(granularity: HOUR, zone: "Europe/Brussels", filter: $filter) { period { totals { ${TOLD} } } } }`;

type Node = {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly amount: { readonly amountMinor: string; readonly currency: string };
  readonly capturedAmount: { readonly amountMinor: string };
};

const shownOf = ({ type, status, amount, capturedAmount }: Node): Shown => ({
  type,
  status,
  currency: amount.currency,
  amount: BigInt(amount.amountMinor),
  captured: BigInt(capturedAmount.amountMinor),
});

async function ask(query: string, variables: Row): Promise<unknown> {
  const answer = await graph.ask("ann", subgraph, query, variables);
  expect(answer.errors, JSON.stringify(variables)).toBeUndefined();
  return at(answer, "data", "transactions");
}

async function analysed(filter: Row): Promise<Figures> {
  const answer = await graph.ask("ann", subgraph, ANALYSIS, { filter });
  expect(answer.errors, JSON.stringify(filter)).toBeUndefined();
  return figuresOf(at(answer, "data", "analysis", "period", "totals") as Told[]);
}

async function walk(filter: Row, orderBy: Row, between: () => Promise<void>): Promise<Node[]> {
  const isBackward = random() < 0.5;
  const size = 8 + Math.floor(random() * 60);
  const seen: Node[] = [];
  for (let cursor: unknown = null; ; ) {
    const place = isBackward ? { last: size, before: cursor } : { first: size, after: cursor };
    const page = await ask(LIST, { filter, orderBy, ...place });
    const nodes = (at(page, "edges") as { readonly node: Node }[]).map(({ node }) => node);
    if (isBackward) seen.unshift(...nodes);
    else seen.push(...nodes);
    if (!at(page, "pageInfo", isBackward ? "hasPreviousPage" : "hasNextPage")) return seen;
    cursor = at(page, "pageInfo", isBackward ? "startCursor" : "endCursor");
    await between();
  }
}

function expectFigures(figures: unknown, nodes: readonly Node[], { finds }: RandomFilter, about: string): void {
  const found = [...ledger.values()].filter((row) => finds(row));
  expect(nodes.map(({ id }) => id).sort(), about).toEqual(found.map(({ id }) => id).sort());
  expect(at(figures, "totalCount"), about).toBe(String(nodes.length));
  const totals = at(figures, "totals") as { currency: string; count: string; gross: { amountMinor: string } }[];
  for (const { currency, count, gross } of totals) {
    const own = found.filter((row) => row["currency"] === currency);
    expect(count, about).toBe(String(own.length));
    const sales = own.filter((row) => row["type"] === "SALE");
    const sum = sales.reduce((total, row) => total + (row["captured_minor"] as bigint), 0n);
    expect(gross.amountMinor, about).toBe(String(sum));
  }
  expect(
    totals.reduce((sum, { count }) => sum + Number(count), 0),
    about,
  ).toBe(nodes.length);
  type Facet = { field: string; others: string; values: { value: string | null; count: string }[] };
  for (const { field, others, values } of at(figures, "facets") as Facet[]) {
    const [name, [, column]] = Object.entries(CHOICES).find(([, [facet]]) => facet === field) ?? ["", ["", ""]];
    const open = [...ledger.values()].filter((row) => finds(row, name as keyof typeof CHOICES));
    const shown = values.reduce((sum, { count }) => sum + Number(count), 0);
    expect(shown + Number(others), `${field} of ${about}`).toBe(open.length);
    for (const { value, count } of values) {
      expect(Number(count), `${field} ${value} of ${about}`).toBe(open.filter((row) => row[column] === value).length);
    }
    expect(values.map(({ count }) => Number(count))).toEqual(
      values.map(({ count }) => Number(count)).sort((a, b) => b - a),
    );
  }
}

test(`what all pages show is what totals, facets, export and analysis tell, for 200 filters (SEED=${SEED})`, async ({
  signal,
}) => {
  const fields = Object.values(CHOICES).map(([facet]) => facet);
  for (let n = 0; n < 200; n++) {
    signal.throwIfAborted();
    const filter = randomFilter(random, [...ledger.values()]);
    const orderBy = { field: pick(random, FIELDS), direction: pick(random, ["ASC", "DESC"]) };
    const figures = await ask(FIGURES, { filter: filter.input, fields });
    const nodes = await walk(filter.input, orderBy, async () => {});
    const about = JSON.stringify([filter.input, orderBy]);
    expectFigures(figures, nodes, filter, about);
    const totals = figuresOf(at(figures, "totals") as Told[]);
    expect(sumOf(nodes.map(shownOf)), about).toEqual(totals);
    expect(await analysed(filter.input), about).toEqual(totals);
    const exported = await desk.exported(filter.input, orderBy);
    expect(exported.ids, about).toEqual(nodes.map(({ id }) => id));
    expect(sumOf(exported.rows), about).toEqual(totals);
    expect(exported.totals, about).toEqual(totals);
    // Some hours are summed by then, and some are not.
    if (n % 5 === 0) await desk.fold();
    await addSale(`between ${n}`);
    await changeSale(new Set());
    if (n % 3 === 0) await chargeBack(`chargeback ${n}`, new Set());
  }
});

test(`while rows come, change and are charged back, what stays shows once, by every sort both ways (SEED=${SEED})`, async ({
  signal,
}) => {
  for (let n = 0; n < 80; n++) {
    // A try that took too long must not go on beside the next one, whose rows it would add to.
    signal.throwIfAborted();
    const filter = n % 3 === 0 ? { input: {}, finds: () => true } : randomFilter(random, [...ledger.values()]);
    const orderBy = { field: FIELDS[n % 4], direction: pick(random, ["ASC", "DESC"]) };
    const [before, touched] = [new Set(ledger.keys()), new Set<string>()];
    const nodes = await walk(filter.input, orderBy, async () => {
      signal.throwIfAborted();
      if (random() < 0.5) await addSale(`meanwhile ${n} ${ledger.size}`);
      if (random() < 0.3) await chargeBack(`charged back ${n} ${ledger.size}`, touched);
      for (let change = 0; change < 3; change++) await changeSale(touched);
    });
    const about = JSON.stringify([filter.input, orderBy]);
    const stayed = [...ledger.values()].filter(
      (row) => before.has(row.id) && !touched.has(row.id) && filter.finds(row),
    );
    const shown = nodes.map(({ id }) => id).filter((id) => before.has(id) && !touched.has(id));
    expect([...shown].sort(), about).toEqual(stayed.map(({ id }) => id).sort());
    // What changed keeps its place in every order but that of its status.
    if (orderBy.field !== "STATUS") expect(new Set(nodes.map(({ id }) => id)).size, about).toBe(nodes.length);
  }
});

test.each(["ASC", "DESC"] as const)(
  "by status and by location %s the order is what a person expects",
  async (direction) => {
    const sign = direction === "ASC" ? 1 : -1;
    const names: Readonly<Record<string, string>> = { loc_1: "zaventem", loc_2: "aalst", loc_3: "aalst" };
    const statuses = [
      "PROCESSING",
      "SUCCESS",
      "FAILED",
      "REFUSED",
      "MANUAL_INTERVENTION",
      "CANCELLED",
      "REFUNDED",
      "CHARGEBACK",
    ];
    const keys = {
      STATUS: (row: Row) => String(statuses.indexOf(String(row["status"]))),
      LOCATION: (row: Row) => names[String(row["location_id"])] ?? "",
    };
    for (const [field, key] of Object.entries(keys)) {
      const expected = [...ledger.values()].sort((a, b) => {
        if (key(a) !== key(b)) return key(a) < key(b) ? -sign : sign;
        return b.occurred_at.getTime() - a.occurred_at.getTime() || (a.id < b.id ? 1 : -1);
      });
      const nodes = await walk({}, { field, direction }, async () => {});
      expect(
        nodes.map(({ id }) => id),
        field,
      ).toEqual(expected.map(({ id }) => id));
    }
  },
);
