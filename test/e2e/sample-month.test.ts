import { afterAll, beforeAll, expect, test } from "vitest";
import { DISCREPANCY_TYPES } from "../../subgraphs/reconciliation/discrepancy-type.ts";
import { type GraphClient, signIn } from "../support/graph-client.ts";
import { openSite, type Service, type Site } from "../support/processes.ts";
import { receiveSamples, SAMPLES, untilReconciled } from "../support/sample-files.ts";
import { readTruth, type Score, scoreClaims, type TrueTransaction, type Truth } from "../support/truth.ts";

let site: Site;
let service: Service;
let truth: Truth;
let score: Score;
let finance: GraphClient;
let viewer: GraphClient;
let listed: readonly Node[];

beforeAll(async () => {
  site = await openSite("sample_month", { CONCORD_DEV_ISSUER: "on" });
  const merchant = await receiveSamples(site);
  service = site.start(["start"]);
  const { url } = await service.says("the gateway answers");
  finance = await signIn(`${url}`, "finance");
  viewer = await signIn(`${url}`, "viewer");
  await untilReconciled(site, merchant);
  truth = await readTruth(`${SAMPLES}/truth.ndjson`);
  score = await scoreClaims(site.url, truth);
  listed = await listAll(finance);
});

afterAll(() => site?.close());

test("one query answers with all three families, their details and their settlement", () => {
  const settled = (typename: string) =>
    listed.find(({ __typename, settlement }) => __typename === typename && settlement.length > 0);
  expect(settled("CcvPayTransaction")).toMatchObject({
    method: expect.any(String),
    reconciliationState: "MATCHED",
    settlement: [{ fileName: expect.stringMatching(/^ccv-pay_/), lineNumber: expect.stringMatching(/^\d+$/) }],
  });
  expect(settled("VoucherTransaction")).toMatchObject({
    issuer: "EDENRED",
    reconciliationState: "MATCHED",
    settlement: [{ fileName: expect.stringMatching(/^EDENRED_REIMB_/), lineNumber: expect.stringMatching(/^\d+$/) }],
  });
  expect(settled("AcquirerTransaction")).toMatchObject({
    acquirer: expect.any(String),
    merchantAccount: "KorenaarPOS",
    reconciliationState: "MATCHED",
    settlement: [{ fileName: expect.stringMatching(/^settlement_detail/), lineNumber: expect.stringMatching(/^\d+$/) }],
  });
});

test("every claim is right, and every line of a known transaction is claimed or reported ambiguous", () => {
  expect(score.wrong).toEqual([]);
  expect(score.missed).toEqual([]);
  expect(score.right).toBeGreaterThan(1_000);
  expect(score.ambiguous).toHaveLength(truth.transactions.filter(isUndecidable).length);
});

test("the list holds each transaction once, with the status that the truth gives it", () => {
  expect(tally(listed)).toEqual(tally(truth.transactions.filter(isListed).map(asListed)));
});

test("the totals are the sums of the truth", async () => {
  const { transactions } = await finance.data<{ transactions: Connection }>(
    "{ transactions(first: 1) { totalCount totals { count gross { amountMinor currency } refunded { amountMinor } chargedBack { amountMinor } pending { amountMinor } } } }",
  );
  const all = truth.transactions.filter(isListed).map(asListed);
  const sum = (type: string, ...statuses: readonly string[]) =>
    all
      .filter((each) => each.type === type && statuses.includes(each.status))
      .reduce((total, { amount }) => total + BigInt(amount.amountMinor), 0n);
  const paid = ["SUCCESS", "REFUNDED", "CHARGEBACK"];
  expect(transactions.totalCount).toBe(String(all.length));
  expect(transactions.totals).toEqual([
    {
      count: String(all.length),
      gross: { amountMinor: String(sum("SALE", ...paid)), currency: "EUR" },
      refunded: { amountMinor: String(sum("REFUND", "SUCCESS")) },
      chargedBack: { amountMinor: String(sum("CHARGEBACK", "SUCCESS") - sum("CHARGEBACK_REVERSAL", "SUCCESS")) },
      pending: { amountMinor: String(sum("SALE", "PROCESSING")) },
    },
  ]);
});

test("a manual intervention without a status is shown to finance alone, and only when asked for", async () => {
  const waiting = truth.transactions.filter(({ finalStatus }) => finalStatus === "MANUAL_INTERVENTION");
  const { manualInterventions } = await finance.data<{ manualInterventions: Connection }>(
    "{ manualInterventions(first: 10) { edges { node { id providerReference } } } }",
  );
  expect(manualInterventions.edges.map(({ node }) => node.providerReference)).toEqual(
    waiting.map(({ reference }) => reference),
  );
  const { id } = manualInterventions.edges[0]!.node;
  expect(listed.map((node) => node.id)).not.toContain(id);
  const byId = "query ($id: ID!) { transaction(id: $id) { id status amount { amountMinor } } }";
  expect(await finance.data(byId, { id })).toEqual({
    transaction: { id, status: "MANUAL_INTERVENTION", amount: { amountMinor: waiting[0]!.amount } },
  });
  expect(await viewer.data(byId, { id })).toEqual({ transaction: null });
});

test("two identical purchases are two transactions, both settled", () => {
  const twins = truth.transactions.filter(({ note }) => note === "identical twins");
  const { amount } = twins[0]!;
  const found = listed.filter(
    (node) => node.amount.amountMinor === amount && node.occurredAt === "2026-11-04T11:07:33.000Z",
  );
  expect(found).toMatchObject([{ status: "SUCCESS" }, { status: "SUCCESS" }]);
  expect(new Set(found.map(({ id }) => id)).size).toBe(2);
});

test("a voucher is linked to the card that paid the rest of its ticket", () => {
  const [vouchers, cards] = ["E_VOUCHER", "CCV_PAY"].map((family) =>
    truth.transactions
      .filter((each) => each.note === "split tender" && each.family === family)
      .sort((a, b) => (a.localTime < b.localTime ? -1 : 1))
      .map(({ reference }) => reference),
  );
  const linked = listed
    .filter(({ splitTender = [] }) => splitTender.length > 0)
    .sort((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1));
  expect(linked.map(({ providerReference }) => providerReference)).toEqual(vouchers);
  expect(linked.map(({ splitTender }) => splitTender)).toEqual(
    cards?.map((providerReference) => [{ __typename: "CcvPayTransaction", providerReference }]),
  );
});

test("a sale whose chargeback was reversed is won, and one whose chargeback was not is charged back", () => {
  const disputed = listed.filter(({ disputeState }) => disputeState !== "NONE");
  const state = (provider: string) => disputed.filter((node) => node.type === "SALE" && node.provider === provider);
  expect(state("adyen")).toMatchObject([{ disputeState: "WON", status: "SUCCESS" }]);
  expect(state("ccv-pay")).toMatchObject([{ disputeState: "OPEN", status: "CHARGEBACK" }]);
});

test("one query explains every payout to the cent, down to the line of the file", async () => {
  const { payouts } = await finance.data<{ payouts: { edges: { node: PayoutNode }[] } }>(PAYOUTS);
  const explained = payouts.edges.map(({ node }) => node);
  expect(new Set(explained.map(({ provider }) => provider))).toEqual(new Set(["adyen", "ccv-pay", "edenred"]));
  for (const { reference, amount, parts, residuals, lines } of explained) {
    const sum = [...parts.map(({ net }) => net), ...residuals.map((residual) => residual.amount)];
    expect(
      sum.reduce((total, { amountMinor }) => total + BigInt(amountMinor), 0n),
      reference,
    ).toBe(BigInt(amount.amountMinor));
    expect(residuals.filter(({ type }) => type === "UNEXPLAINED")).toEqual([]);
    expect(lines.edges[0]?.node).toMatchObject({
      fileName: expect.any(String),
      lineNumber: expect.stringMatching(/^\d+$/),
    });
  }
});

test("the bank's statements have every payout that has arrived, to the cent, and the rest is on its way", async () => {
  const { payouts } = await finance.data<{ payouts: { edges: { node: PayoutNode }[] } }>(PAYOUTS);
  const listed = payouts.edges.map(({ node }) => node);
  for (const { reference, status, amount, bankEntries, arrivalDate } of listed) {
    const booked = bankEntries.map((entry) => entry.amount.amountMinor);
    expect([reference, ...booked]).toEqual(status === "PAID" ? [reference, amount.amountMinor] : [reference]);
    expect(arrivalDate !== null).toBe(status === "PAID");
  }
  const waiting = listed.filter(({ status }) => status !== "PAID").map(({ provider }) => provider);
  expect(waiting.sort()).toEqual(["adyen", "edenred"]);
  expect(listed.length).toBeGreaterThan(15);
  const days = listed.map(({ valueDate, arrivalDate, batches }) => {
    return valueDate ?? arrivalDate ?? batches.edges[0]?.node.bookingDate ?? "";
  });
  expect(days).toEqual([...days].sort().reverse());
});

test("every discrepancy is of a kind that the graph tells of", async () => {
  const query = "{ discrepancies(first: 1) { countsByType { type } } }";
  type Found = { readonly discrepancies: { readonly countsByType: readonly { readonly type: string }[] } };
  const { discrepancies } = await finance.data<Found>(query);
  const kinds = discrepancies.countsByType.map(({ type }) => type);
  expect(kinds).toContain("AMBIGUOUS_MATCH");
  expect(kinds.filter((kind) => !DISCREPANCY_TYPES.some((known) => known === kind))).toEqual([]);
});

test("all of it holds together, and the process ends in good order", async () => {
  const { code, stdout } = await site.run(["check", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ violated: [] });
  expect(code).toBe(0);
  expect(await service.stop()).toBe(0);
});

/** Nothing in the files tells these apart, and it matters which is which, so they stay open. */
function isUndecidable({ note }: TrueTransaction): boolean {
  return note === "ambiguous pair";
}

function isListed({ finalStatus }: TrueTransaction): boolean {
  return finalStatus !== "MANUAL_INTERVENTION";
}

function asListed(transaction: TrueTransaction): Pick<Node, "family" | "type" | "status" | "amount"> {
  const { family, type, finalStatus, amount } = transaction;
  const status = isUndecidable(transaction) ? "PROCESSING" : finalStatus;
  return { family, type, status, amount: { amountMinor: amount } };
}

function tally(nodes: readonly Pick<Node, "family" | "type" | "status" | "amount">[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { family, type, status, amount } of nodes) {
    const key = `${family} ${type} ${status} ${amount.amountMinor}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

async function listAll(client: GraphClient): Promise<readonly Node[]> {
  const nodes: Node[] = [];
  for (let after: string | null = null; ; ) {
    const { transactions }: { transactions: Connection } = await client.data(PAGE, { after });
    nodes.push(...transactions.edges.map(({ node }) => node));
    if (!transactions.pageInfo.hasNextPage) return nodes;
    after = transactions.pageInfo.endCursor;
  }
}

type Node = {
  readonly __typename: string;
  readonly id: string;
  readonly family: string;
  readonly provider: string;
  readonly type: string;
  readonly status: string;
  readonly occurredAt: string;
  readonly amount: { readonly amountMinor: string };
  readonly providerReference: string;
  readonly disputeState: string;
  readonly settlement: readonly { readonly fileName: string; readonly lineNumber: string }[];
  readonly splitTender?: readonly object[];
};

type Connection = {
  readonly totalCount: string;
  readonly totals: readonly object[];
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
};

type Cents = { readonly amountMinor: string };
type PayoutNode = {
  readonly provider: string;
  readonly reference: string;
  readonly status: string;
  readonly valueDate: string | null;
  readonly arrivalDate: string | null;
  readonly amount: Cents;
  readonly bankEntries: readonly { readonly amount: Cents }[];
  readonly batches: { readonly edges: readonly { readonly node: { readonly bookingDate: string } }[] };
  readonly parts: readonly { readonly net: Cents }[];
  readonly residuals: readonly { readonly type: string; readonly amount: Cents }[];
  readonly lines: { readonly edges: readonly { readonly node: object }[] };
};

const PAYOUTS = `{
  payouts(first: 50) { edges { node {
    provider reference status valueDate arrivalDate amount { amountMinor currency }
    bankEntries { amount { amountMinor } } batches(first: 1) { edges { node { bookingDate } } }
    parts { kind lineCount gross { amountMinor } fee { amountMinor } net { amountMinor } }
    residuals { type amount { amountMinor } explanation }
    lines(first: 3) { edges { node { kind net { amountMinor } fileName lineNumber } } }
  } } }
}`;

const PAGE = `query ($after: String) {
  transactions(first: 100, after: $after) {
    edges { node {
      __typename id family provider type status occurredAt amount { amountMinor } providerReference disputeState
      reconciliationState settlementState settlement { fileName lineNumber net { amountMinor } }
      ... on CcvPayTransaction { method }
      ... on VoucherTransaction { issuer purse splitTender { __typename ... on CcvPayTransaction { providerReference } } }
      ... on AcquirerTransaction { acquirer merchantAccount arn }
    } }
    pageInfo { hasNextPage endCursor }
  }
}`;
