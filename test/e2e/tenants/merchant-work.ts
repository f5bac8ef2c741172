import { expect } from "vitest";
import { type MerchantNumber, markOf, merchantIdOf } from "./marks.ts";
import type { TenantGraph } from "./tenant-graph.ts";

type Data = Readonly<Record<string, unknown>>;
type Edges = { readonly edges: readonly { readonly node: Data }[] };

/** A day of a merchant's people: each kind of decision is made once, and what has to be worked out for them is. */
export async function workAt(graph: TenantGraph, number: MerchantNumber, carryOut: () => Promise<void>): Promise<void> {
  const mark = markOf(number);
  const user = `administrator-${mark}`;
  const ask = async <R = Data>(query: string, variables: Data = {}): Promise<R> => {
    const { data, errors } = JSON.parse((await graph.ask(user, query, variables)).text);
    expect(errors, query).toBeUndefined();
    return Object.values(data)[0] as R;
  };
  const act = (name: string, input: Data, type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`) =>
    ask<{ readonly __typename: string }>(`mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`, {
      input,
    });
  const key = (word: string) => ({ idempotencyKey: `${word}-${mark}` });
  const done: { readonly __typename: string }[] = [
    await act("loadFeeContract", { schedule: SCHEDULE }),
    await act("setUsualDelay", { provider: "adyen", account: `Shop${mark}`, step: "PAYOUT", businessDays: 3 }),
    await act("setSeverityThresholds", {
      currency: "EUR",
      mediumMinor: "100",
      highMinor: "1000",
      criticalMinor: "10000",
    }),
    await act("scheduleReconciliation", { provider: "adyen", cron: "30 6 * * 1-5", zone: "Europe/Brussels" }),
    await act("startReconciliation", { mode: "COMMIT", ...key("run") }),
    await act("saveUserGroup", {
      merchantId: merchantIdOf(number),
      name: `Desk ${mark}`,
      menus: ["TRANSACTIONS"],
      actions: ["VIEW"],
      ...key("group"),
    }),
    await act("inviteUser", {
      merchantId: merchantIdOf(number),
      email: `${mark}@example.com`,
      groupId: "viewer",
      ...key("invite"),
    }),
    await act("createMachine", {
      merchantId: merchantIdOf(number),
      name: `Sender ${mark}`,
      provider: "adyen",
      accounts: [`Shop${mark}`],
      ...key("machine"),
    }),
    await act("createWebhookEndpoint", {
      merchantId: merchantIdOf(number),
      url: `https://${mark.toLowerCase()}.example.com/`,
      events: ["TRANSACTION_STATUS_CHANGED"],
      ...key("endpoint"),
    }),
  ];
  await carryOut();
  const open = await ask<Edges>("{ discrepancies(first: 100, state: OPEN) { edges { node { id } } } }");
  const [first, second] = open.edges.map(({ node }) => ({ discrepancyId: node["id"] }));
  done.push(
    await act("commentDiscrepancy", { ...first, text: `note ${mark}`, ...key("comment") }),
    await act("assignDiscrepancy", { ...first, assigneeId: user, ...key("assign") }),
    await act("snoozeDiscrepancy", {
      ...first,
      until: new Date(Date.now() + 86_400_000).toISOString(),
      ...key("snooze"),
    }),
    await act("resolveDiscrepancy", {
      ...second,
      resolution: "ACCEPTED",
      reason: `because ${mark}`,
      ...key("resolve"),
    }),
  );
  const matches = await ask<Edges>("{ matches(first: 1, filter: { methods: [AUTO] }) { edges { node { id } } } }");
  const matchId = matches.edges[0]?.node["id"];
  done.push(await act("unmatch", { matchId, reason: `apart ${mark}`, ...key("unmatch") }));
  const [built] = await ask<readonly Data[]>("{ ruleSets { content } }");
  done.push(
    await act("addRuleSet", {
      content: `${built?.["content"]}`.replace('"margin":20', `"margin":${20 + number}`),
      note: `rules ${mark}`,
    }),
    await act("previewRules", { rules: built?.["content"], days: 30 }),
  );
  const runs = await ask<Edges>("{ reconciliationRuns(first: 1) { edges { node { id } } } }");
  const replay = "mutation ($id: ID!) { replayReconciliationRun(id: $id) { __typename } }";
  done.push(await ask(replay, { id: runs.edges[0]?.node["id"] }));
  const { from, to } = { from: "2026-01-01T00:00:00Z", to: new Date().toISOString() };
  done.push(await act("closePeriod", { merchantId: merchantIdOf(number), kind: "PERIOD", from, to, ...key("close") }));
  done.push(await act("createExport", { format: "CSV", locale: "EN", zone: "Europe/Brussels", ...key("export") }));
  const reported = { format: "CSV", locale: "EN", zone: "Europe/Brussels", ...key("report") };
  const report = { name: `report ${mark}`, period: "LAST_WEEK", cron: "0 6 * * 1", target: "FOLDER" };
  done.push(await act("saveReport", { ...report, export: reported }));
  const view = { name: `view ${mark}`, filter: { search: mark }, columns: [`column${mark}`], isShared: true };
  done.push(await act("createSavedView", { merchantId: merchantIdOf(number), ...view, ...key("view") }));
  await carryOut();
  expect(done.map(({ __typename: type }) => type)).toEqual(OUTCOMES);
}

const OUTCOMES = [
  "FeeContract",
  "ExpectationSet",
  "ExpectationSet",
  "ReconciliationSchedule",
  "ReconciliationRun",
  "UserGroup",
  "InvitationChange",
  "MachineChange",
  "WebhookEndpoint",
  "Discrepancy",
  "Discrepancy",
  "Discrepancy",
  "Discrepancy",
  "Match",
  "RuleSet",
  "RulePreview",
  "RunReplay",
  "Closing",
  "Export",
  "Report",
  "SavedView",
];

const SCHEDULE = `provider: adyen
validFrom: 2020-01-01
currency: EUR
model: INTERCHANGE_PLUS_PLUS
rounding: PER_LINE
rates:
  - fixed: "0.07"
`;
