import { type Ledger, openLedger, type Row, type Shop } from "./ledger.ts";
import { type GraphAnswer, openRunGraph, type RunGraph } from "./run-graph.ts";
import { type AdyenLine, adyenReport, type JournalEntry, terminalJournal } from "./settlement-files.ts";

type Data = Readonly<Record<string, unknown>>;

/** A shop with people: `ann` and `ben` may decide, `vic` only sees; and what a test asks of it. */
export type Desk = {
  readonly shop: Shop;
  readonly ask: (user: string, query: string, variables?: Data) => Promise<GraphAnswer>;
  /** The answer of the one mutation that was asked for. */
  readonly decide: (user: string, mutation: string, input: Data) => Promise<Data>;
  /** Orders a run over everything and carries it out. */
  readonly run: () => Promise<void>;
  /** Id of the line with a provider's reference. */
  readonly line: (reference: string) => Promise<string>;
  /** Ids of reported transactions by the time that the terminal told. */
  readonly sales: () => Promise<readonly string[]>;
  readonly transaction: (id: string) => Promise<Row>;
  readonly audit: (action: string) => Promise<Row[]>;
};

const DECISIONS: Readonly<Record<string, string>> = Object.fromEntries(
  (
    [
      ["matchRecords", "MatchRecordsInput"],
      ["confirmMatch", "DecideMatchInput"],
      ["rejectMatch", "DecideMatchInput"],
      ["unmatch", "UnmatchInput"],
      ["liftRejectedPair", "LiftRejectedPairInput"],
      ["assignDiscrepancy", "AssignDiscrepancyInput"],
      ["commentDiscrepancy", "CommentDiscrepancyInput"],
      ["snoozeDiscrepancy", "SnoozeDiscrepancyInput"],
      ["resolveDiscrepancy", "ResolveDiscrepancyInput"],
      ["confirmResolution", "DecideResolutionInput"],
      ["rejectResolution", "DecideResolutionInput"],
    ] as const
  ).map(([name, input]) => [name, `mutation ($input: ${input}!) { ${name}(input: $input) { ${answersOf(name)} } }`]),
);

function answersOf(name: string): string {
  const refused = (...types: readonly string[]) => types.map((type) => `... on ${type} { message }`).join(" ");
  const always = `__typename ${refused("NotFound", "IdempotencyConflict", "ReasonRequired")}`;
  if (name === "liftRejectedPair") return `${always} ... on RejectedPair { id liftedBy liftedBecause liftedAt }`;
  if (name.endsWith("Discrepancy") || name.endsWith("Resolution")) {
    const own = name.endsWith("Discrepancy") ? ["NotAssignable"] : ["SecondPersonRequired", "NothingProposed"];
    return `${always} ${refused("DiscrepancyResolved", ...own)} ... on VersionConflict { message version }
      ... on Discrepancy { id state version assigneeId snoozedUntil resolution resolvedBy resolutionReason
        proposal { resolution proposedBy reason }
        comments { authorId text } }`;
  }
  const match = `... on Match { id state method stage cardinality actorId reason difference { amountMinor currency }
    decidedBy decisionReason legs { claimId active releasedBy amount { amountMinor currency }
    line { id claim { method } } transaction { id reconciliationState settlementState fees { amountMinor } } } }`;
  const own = {
    matchRecords: `${refused("NotMatchable")} ... on AlreadyMatched { message matchId } ... on AmountsDiffer { message
      lines { amountMinor } transactions { amountMinor } } ... on PairRejected { message rejectedPairIds }`,
    unmatch: `${refused("NotMatchable")} ... on MatchStateConflict { message state }`,
  }[name];
  return `${always} ${match} ${
    own ??
    `${refused("SecondPersonRequired", "NotMatchable")} ... on MatchStateConflict { message state }
    ... on AlreadyMatched { message matchId } ... on AmountsDiffer { message }`
  }`;
}

const START = `mutation ($input: StartReconciliationInput!) { startReconciliation(input: $input) { __typename } }`;

let keys = 0;

export const nextKey = () => `key-${++keys}`;

async function openDesk(ledger: Ledger, graph: RunGraph): Promise<Desk> {
  const shop = await ledger.openShop();
  const who = (name: string) => `${name}@${shop.id}`;
  for (const [user, role] of [
    ["ann", "administrator"],
    ["ben", "finance"],
    ["vic", "viewer"],
  ] as const) {
    const member = [shop.id, who(user), role];
    await ledger.rows("insert into accounts.membership (merchant_id, user_id, role) values ($1, $2, $3)", member);
  }
  const ask: Desk["ask"] = (user, query, variables) => graph.ask(who(user), query, variables);
  return {
    shop,
    ask,
    decide: (user, mutation, input) =>
      graph.field(who(user), DECISIONS[mutation] ?? "", { input: { idempotencyKey: nextKey(), ...input } }),
    run: async () => {
      await graph.field(who("ann"), START, { input: { mode: "COMMIT", idempotencyKey: nextKey() } });
      await shop.reconcile();
    },
    line: async (reference) => {
      const text = "select id from reconciliation.settlement_line where merchant_id = $1 and reference = $2";
      const [line] = await ledger.rows<{ id: string }>(text, [shop.id, reference]);
      return line?.id ?? "";
    },
    sales: async () => {
      const text = `select id from transactions.transaction where merchant_id = $1 and not provisional
        order by occurred_at, amount_minor, id`;
      return (await ledger.rows<{ id: string }>(text, [shop.id])).map(({ id }) => id);
    },
    transaction: async (id) => {
      const text = "select * from transactions.transaction where merchant_id = $1 and id = $2";
      const [row] = await ledger.rows(text, [shop.id, id]);
      return row ?? {};
    },
    audit: (action) =>
      ledger.rows(
        `select actor_id, outcome, object_id, detail from delivery.audit_entry
         where merchant_id = $1 and action = $2 order by position`,
        [shop.id, action],
      ),
  };
}

/** A shop whose sales and lines no run brings together: days lie between them, and no key is the same. */
async function openApart(ledger: Ledger, graph: RunGraph, { sales, lines }: Told) {
  const desk = await openDesk(ledger, graph);
  const told = sales.map((sale, index) => ({ time: `2026-11-02 12:0${index}:00`, account: desk.shop.adyen, ...sale }));
  await desk.shop.feed(terminalJournal(desk.shop.terminal, told));
  const booked = lines.map((line) => ({ created: "2026-11-07 12:00:00", ...line }));
  await desk.shop.feed(adyenReport(desk.shop.adyen, booked));
  await desk.run();
  const lineIds = await Promise.all(lines.map(({ psp = "" }) => desk.line(psp)));
  return { desk, lineIds, transactionIds: await desk.sales() };
}

type Told = { readonly sales: readonly JournalEntry[]; readonly lines: readonly AdyenLine[] };

/** What people have claimed in a shop and not taken back. */
const claimsOfPeople = (ledger: Ledger, { shop }: Desk) =>
  ledger.rows(
    `select line_id, transaction_id, method, actor_id, reason, part, share, match_minor, fee_minor, net_minor
     from reconciliation.claim where merchant_id = $1 and released_at is null and method <> 'AUTO' order by part, share`,
    [shop.id],
  );

/** A suite's ledger and gateway, with what suites about decisions ask of them. */
export async function openDecisions(name: string, adapterFor?: Parameters<typeof openLedger>[1]) {
  const ledger = await openLedger(name, adapterFor);
  const graph = await openRunGraph(ledger);
  return {
    ledger,
    graph,
    openDesk: () => openDesk(ledger, graph),
    openApart: (sales: readonly JournalEntry[], lines: readonly AdyenLine[]) =>
      openApart(ledger, graph, { sales, lines }),
    claims: (desk: Desk) => claimsOfPeople(ledger, desk),
    close: async () => {
      await graph.close();
      await ledger.close();
    },
  };
}
