import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { openPostgresStore, openRedisStore, type TestStore } from "../../support/job-stores.ts";
import { type Ledger, openLedger, type Shop } from "../../support/ledger.ts";
import { openRunGraph, openRunWorker, type RunGraph } from "../../support/run-graph.ts";
import { adyenReport, edenredFile, terminalJournal } from "../../support/settlement-files.ts";
import { tableDigests } from "../../support/table-digests.ts";
import { until } from "../../support/until.ts";

let ledger: Ledger;
let graph: RunGraph;
beforeAll(async () => {
  ledger = await openLedger("runs_graph");
  graph = await openRunGraph(ledger);
});
afterAll(async () => {
  await graph.close();
  await ledger.close();
});

/** The people of the shop at hand: each shop has its own, since what a user may see is remembered for a while. */
let place = "";
const who = (name: string) => `${name}@${place}`;
const field: RunGraph["field"] = (user, ...rest) => graph.field(who(user), ...rest);

/** Two parts with one sale and its settlement each, and no run yet; `ann` manages it, `vic` only sees it. */
async function fedShop(): Promise<Shop> {
  const shop = await ledger.openShop();
  place = shop.id;
  for (const [user, role] of [
    ["ann", "administrator"],
    ["fin", "finance"],
    ["vic", "viewer"],
  ] as const) {
    await ledger.rows("insert into accounts.membership (merchant_id, user_id, role) values ($1, $2, $3)", [
      shop.id,
      who(user),
      role,
    ]);
  }
  await shop.feed(
    terminalJournal(shop.terminal, [
      { amount: 1000, account: shop.adyen, pspReference: "PSP1" },
      { amount: 1200, account: shop.adyen, authCode: "AUTH2", maskedPan: "541333XXXXXX0009" },
      { amount: 850, circuit: "EDRD", account: shop.edenred, pspReference: "900", product: "01" },
    ]),
  );
  await shop.feed(
    adyenReport(shop.adyen, [
      { psp: "PSP1", gross: 1000, fee: 15 },
      { psp: "PSP2", gross: 1200, authorisation: "AUTH2" },
    ]),
  );
  await shop.feed(edenredFile(shop.edenred, [{ transaction: "900", amount: 850, commission: 17 }]));
  await ledger.rows("delete from reconciliation.run where merchant_id = $1", [shop.id]);
  await ledger.rows("update delivery.outbox set sent_at = clock_timestamp() where merchant_id = $1", [shop.id]);
  return shop;
}

const START = `mutation ($input: StartReconciliationInput!) { startReconciliation(input: $input) {
  __typename ... on ReconciliationRun { id status from to } ... on IdempotencyConflict { runId } } }`;
const RUN = `query ($id: ID!) { reconciliationRun(id: $id) { status problem trigger scheduleId from to percentage
  linesTotal linesDone linesMatched partitionsDone partitionsTotal ruleSetVersion ruleSetHash engineVersion
  inputWatermark inputDigest outputDigest cancelRequestedAt } }`;
const PROGRESS = `subscription ($id: ID!) { reconciliationRunProgress(id: $id) {
  status partitionsDone partitionsTotal linesDone linesTotal percentage } }`;
const CANCEL = `mutation ($id: ID!) { cancelReconciliation(id: $id) { __typename
  ... on ReconciliationRun { status cancelRequestedAt } ... on RunIsOver { message run { status } } } }`;
const RULE_SETS = "{ ruleSets { hash version isBuiltIn isActive content note activeFrom } }";
const ADD_RULES = `mutation ($input: AddRuleSetInput!) { addRuleSet(input: $input) { __typename
  ... on RuleSet { hash version isBuiltIn isActive note addedBy } ... on RulesRefused { message } } }`;
const ACTIVATE = `mutation ($input: ActivateRuleSetInput!) { activateRuleSet(input: $input) { __typename
  ... on RuleSet { hash isActive activeFrom } ... on RulesRefused { message } } }`;
const SCHEDULE = `mutation ($input: ScheduleReconciliationInput!) { scheduleReconciliation(input: $input) { __typename
  ... on ReconciliationSchedule { id cron zone enabled nextDue days } ... on ScheduleRefused { message } } }`;
const PREVIEW = `mutation ($input: PreviewRulesInput!) { previewRules(input: $input) { __typename
  ... on RulePreview { id state { status } } ... on RulesRefused { message } } }`;
const REPLAY = `mutation ($id: ID!) { replayReconciliationRun(id: $id) { __typename
  ... on RunReplay { id runId state { status } } ... on ReplayRefused { message } } }`;

const started = (input: object, user = "ann") => field(user, START, { input });
const runOf = (id: unknown) => field("vic", RUN, { id });
const codesOf = async (user: string, query: string, variables: object) =>
  (await graph.ask(who(user), query, { ...variables })).errors?.map(({ extensions }) => extensions?.["code"]);

/** The active rules with a change to them, as text. */
async function changedRules(change: (rules: { stages: Record<string, boolean> }) => void): Promise<string> {
  const sets = (await field("ann", RULE_SETS)) as unknown as { isActive: boolean; content: string }[];
  const rules = JSON.parse(sets.find(({ isActive }) => isActive)!.content) as { stages: Record<string, boolean> };
  change(rules);
  return JSON.stringify(rules);
}

describe("on PostgreSQL", () => runsContract(openPostgresStore));
describe.skipIf(inject("redisUrl") === undefined)("on Redis", () => runsContract(openRedisStore));

function runsContract(open: (prefix: string) => Promise<TestStore>): void {
  const prefix = `test-runs-${process.pid}`;
  let store: TestStore;
  let worker: Awaited<ReturnType<typeof openRunWorker>> | undefined;
  const rest = async () => {
    await worker?.close();
    worker = undefined;
  };
  const work = async () => {
    worker = await openRunWorker(ledger, store.store, prefix);
  };
  beforeAll(async () => {
    store = await open(prefix);
  });
  // What comes in while nobody works is matched by no one but the test.
  beforeEach(rest);
  afterAll(async () => {
    await rest();
    await store.remove();
  });

  test("a run is followed from its order to its end, and again by who comes later", async () => {
    await fedShop();
    const { id } = await started({ mode: "COMMIT", idempotencyKey: "one" });
    const told: unknown[] = [];
    const following = (async () => {
      for await (const { data } of graph.follow(who("vic"), PROGRESS, { id }))
        told.push(data?.["reconciliationRunProgress"]);
    })();
    await until(() => told.length > 0);
    expect(told).toEqual([
      { status: "QUEUED", partitionsDone: 0, partitionsTotal: null, linesDone: "0", linesTotal: null, percentage: 0 },
    ]);
    await work();
    await following;
    const last = {
      status: "SUCCEEDED",
      partitionsDone: 2,
      partitionsTotal: 2,
      linesDone: "3",
      linesTotal: "3",
      percentage: 100,
    };
    expect(told.at(-1)).toEqual(last);
    const percentages = told.map((each) => (each as { percentage: number }).percentage);
    expect(percentages).toEqual([...percentages].sort((a, b) => a - b));
    const late: unknown[] = [];
    for await (const { data } of graph.follow(who("vic"), PROGRESS, { id }))
      late.push(data?.["reconciliationRunProgress"]);
    expect(late).toEqual([last]);
    expect(await runOf(id)).toMatchObject({ linesMatched: "3", ruleSetVersion: 1, engineVersion: expect.any(String) });
    expect(await field("ann", CANCEL, { id })).toMatchObject({
      __typename: "RunIsOver",
      run: { status: "SUCCEEDED" },
    });
  });

  test("nobody follows, stops or replays the run of another merchant", async () => {
    await fedShop();
    const { id } = await started({ mode: "DRY_RUN", idempotencyKey: "dry" });
    await fedShop();
    const told: unknown[] = [];
    for await (const { data } of graph.follow(who("vic"), PROGRESS, { id })) told.push(data);
    expect(told).toEqual([{ reconciliationRunProgress: null }]);
    for (const mutation of [CANCEL, REPLAY]) expect(await codesOf("ann", mutation, { id })).toEqual(["NOT_FOUND"]);
  });

  test("a run that waits is stopped before it starts", async () => {
    await fedShop();
    const { id } = await started({ mode: "COMMIT", idempotencyKey: "stop" });
    expect(await codesOf("vic", CANCEL, { id })).toEqual(["FORBIDDEN"]);
    expect(await field("fin", CANCEL, { id })).toMatchObject({
      status: "QUEUED",
      cancelRequestedAt: expect.any(String),
    });
    await work();
    await until(async () => (await runOf(id))["status"] === "CANCELLED");
    expect(await runOf(id)).toMatchObject({
      problem: `stopped by ${who("fin")} after 0 of 2 parts; what those matched stands`,
    });
  });

  test("a schedule starts a run; times that were missed are caught up once; and a lost store loses none", async () => {
    const shop = await fedShop();
    const input = { cron: "*/5 * * * *", zone: "Europe/Brussels", days: 30 };
    for (const [user, wrong] of [
      ["vic", input],
      ["nobody", input],
    ] as const) {
      expect(await codesOf(user, SCHEDULE, { input: wrong })).toEqual(["FORBIDDEN"]);
    }
    for (const wrong of [
      { ...input, cron: "* * *" },
      { ...input, cron: "61 * * * *" },
      { ...input, days: 0 },
    ]) {
      expect(await field("fin", SCHEDULE, { input: wrong })).toMatchObject({ __typename: "ScheduleRefused" });
    }
    const schedule = await field("fin", SCHEDULE, { input });
    expect(schedule).toMatchObject({ cron: "*/5 * * * *", enabled: true, days: 30 });
    expect(new Date(schedule["nextDue"] as string).getTime()).toBeGreaterThan(Date.now());
    // Nobody worked for three hours.
    await ledger.rows(
      "update reconciliation.schedule set next_due = clock_timestamp() - interval '3 hours' where merchant_id = $1",
      [shop.id],
    );
    await work();
    await until(async () => (await shop.rows("reconciliation.run")).some(({ status }) => status === "SUCCEEDED"));
    const runs = await shop.rows("reconciliation.run");
    expect(runs).toMatchObject([{ trigger: "SCHEDULE", schedule_id: schedule["id"], lines_matched: 3 }]);
    expect(runs[0]?.period_from).not.toBeNull();
    const [row] = await shop.rows("reconciliation.schedule");
    expect(row?.last_run_id).toBe(runs[0]?.id);
    expect(new Date(row?.next_due as string).getTime()).toBeGreaterThan(Date.now());
    await store.empty();
    await ledger.rows("update reconciliation.schedule set next_due = clock_timestamp() where merchant_id = $1", [
      shop.id,
    ]);
    const next = async () => (await shop.rows("reconciliation.schedule"))[0]?.last_run_id;
    await until(async () => (await next()) !== runs[0]?.id && (await runOf(await next()))["status"] === "SUCCEEDED");
    await field("fin", SCHEDULE, { input: { ...input, enabled: false } });
    expect(await field("vic", "{ reconciliationSchedules { enabled nextDue lastRunId } }")).toEqual([
      { enabled: false, nextDue: null, lastRunId: await next() },
    ]);
  });

  test("rules are added by who manages them, tried, put in force, and named by the run that goes by them", async () => {
    const shop = await fedShop();
    await work();
    const { id: builtIn } = await started({ mode: "COMMIT", idempotencyKey: "built-in" });
    await until(async () => (await runOf(builtIn))["status"] === "SUCCEEDED");
    const content = await changedRules(({ stages }) => {
      stages["AUTHORISATION"] = false;
      stages["SCORED"] = false;
    });
    const input = { content, note: "No codes" };
    expect(await codesOf("fin", ADD_RULES, { input })).toEqual(["FORBIDDEN"]);
    for (const wrong of [
      "{",
      "{}",
      content.replace('"review":40', '"review":90'),
      content.replace('"ARN":', '"arn":'),
    ]) {
      const refused = await field("ann", ADD_RULES, { input: { ...input, content: wrong } });
      expect(refused).toMatchObject({ __typename: "RulesRefused" });
    }
    const added = await field("ann", ADD_RULES, { input });
    expect(added).toMatchObject({ version: 2, isBuiltIn: false, isActive: false, addedBy: who("ann") });
    expect(await field("ann", ADD_RULES, { input })).toEqual(added);

    const before = await tableDigests(ledger.url, VOLATILE);
    const preview = await field("fin", PREVIEW, { input: { rules: content, days: 400 } });
    const query = `query ($id: ID!) { rulePreview(id: $id) { state { status problem partitionsDone partitionsTotal }
      before { linesSeen linesMatched matchRateBps } after { linesMatched matchRateBps matchedByStage { stage lines } }
      gained { count } lost { count money { amountMinor currency } examples { stage } } } }`;
    const previewed = () => field("vic", query, { id: preview["id"] });
    await until(async () => (await previewed())["state"] !== null && settled(await previewed()));
    expect(await previewed()).toMatchObject({
      state: { status: "SUCCEEDED", partitionsDone: 2, partitionsTotal: 2 },
      before: { linesSeen: "3", linesMatched: "3", matchRateBps: 10_000 },
      after: { linesMatched: "2", matchRateBps: 6_666 },
      gained: { count: "0" },
      lost: { count: "1", money: [{ amountMinor: "1200", currency: "EUR" }], examples: [{ stage: "AUTHORISATION" }] },
    });
    expect(await tableDigests(ledger.url, VOLATILE)).toEqual(before);

    const past = { hash: added["hash"], activeFrom: "2026-01-01T00:00:00Z" };
    for (const wrong of [past, { hash: "0".repeat(16) }]) {
      expect(await field("ann", ACTIVATE, { input: wrong })).toMatchObject({ __typename: "RulesRefused" });
    }
    expect(await codesOf("fin", ACTIVATE, { input: { hash: added["hash"] } })).toEqual(["FORBIDDEN"]);
    expect(await field("ann", ACTIVATE, { input: { hash: added["hash"] } })).toMatchObject({ isActive: true });
    const { id } = await started({ mode: "DRY_RUN", idempotencyKey: "after" });
    await until(async () => (await runOf(id))["status"] === "SUCCEEDED");
    expect(await runOf(id)).toMatchObject({ ruleSetVersion: 2, ruleSetHash: added["hash"] });
    const audit = await ledger.rows(
      "select action from delivery.audit_entry where merchant_id = $1 and action like 'r%' order by position",
      [shop.id],
    );
    expect(audit.map(({ action }) => action)).toEqual([
      "reconciliation.start",
      "rules.add",
      "reconciliation.preview",
      "rules.activate",
      "reconciliation.start",
    ]);
  });

  test("a run is replayed: the same input, the same output; and what cannot be replayed says why", async () => {
    await fedShop();
    await work();
    const { id } = await started({ mode: "COMMIT", idempotencyKey: "replayed" });
    const { id: dry } = await started({ mode: "DRY_RUN", idempotencyKey: "dry" });
    await until(async () => (await runOf(id))["status"] === "SUCCEEDED");
    await until(async () => (await runOf(dry))["status"] === "SUCCEEDED");
    expect(await field("fin", REPLAY, { id: dry })).toMatchObject({ __typename: "ReplayRefused" });
    const before = await tableDigests(ledger.url, VOLATILE);
    const replay = await field("fin", REPLAY, { id });
    const query = `query ($id: ID!) { runReplay(id: $id) { runId state { status problem } inputEqual outputEqual
      inputDigest outputDigest remarks missing { count } extra { count } partitions { provider linesEqual } } }`;
    const replayed = () => field("vic", query, { id: replay["id"] });
    await until(async () => settled(await replayed()));
    const { inputDigest, outputDigest } = await runOf(id);
    expect(await replayed()).toMatchObject({
      runId: id,
      state: { status: "SUCCEEDED" },
      inputEqual: true,
      outputEqual: true,
      inputDigest,
      outputDigest,
      remarks: [],
      missing: { count: "0" },
      extra: { count: "0" },
    });
    expect(await tableDigests(ledger.url, VOLATILE)).toEqual(before);
  });
}

/** What asking itself writes: the question, its order, and who asked; and the sums that the worker keeps meanwhile. */
const VOLATILE = [
  ...["reconciliation.trial", "delivery.outbox", "delivery.audit_entry"],
  ...["transactions.stale_hour", "transactions.hour_sum"],
];

function settled({ state }: Readonly<Record<string, unknown>>): boolean {
  const { status } = state as { status: string };
  return status === "SUCCEEDED" || status === "FAILED";
}
