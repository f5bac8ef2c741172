import { buildSchema, type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { composeSupergraph } from "../../gateway/composition/compose.ts";
import { type Desk, nextKey, openDecisions } from "../support/decision-desk.ts";
import type { Row } from "../support/ledger.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";
import { SUBGRAPHS } from "./support/settled-graph.ts";

const { ledger, openDesk, close } = await openDecisions("audit_mutations");
afterAll(close);

const { supergraphSdl } = composeSupergraph(SUBGRAPHS.map(({ name, sdl }) => ({ name, sdl, url: `http://${name}` })));
const MUTATIONS =
  buildSchema(supergraphSdl, { assumeValidSDL: true }).getMutationType()?.getFields() ??
  (() => {
    throw new Error("the graph has no mutation");
  })();

type Data = Readonly<Record<string, unknown>>;

/** Who may do it, what the audit calls it, and with what it succeeds. Mutations are asked for in this order. */
type Act = readonly [field: string, user: string, action: string, input: () => Promise<Data> | Data];

let desk: Desk;
let files: readonly string[];
let lines: readonly string[];
let sales: readonly string[];
const discrepancies: Row[] = [];
let rules: Data;

const ACTS: readonly Act[] = [
  ["loadFeeContract", "ann", "contract.load", () => ({ schedule: FEES })],
  ["setUsualDelay", "ann", "delay.set", () => ({ provider: "adyen", step: "PAYOUT", businessDays: 3 })],
  [
    "setSeverityThresholds",
    "ann",
    "severity.set",
    () => ({ currency: "EUR", mediumMinor: "100", highMinor: "1000", criticalMinor: "10000" }),
  ],
  [
    "addRuleSet",
    "ann",
    "rules.add",
    () => ({ content: `${rules["content"]}`.replace('"margin":20', '"margin":21'), note: "n" }),
  ],
  ["activateRuleSet", "ann", "rules.activate", () => ({ hash: rules["hash"] })],
  ["previewRules", "ben", "reconciliation.preview", () => ({ rules: rules["content"], days: 30 })],
  [
    "replayReconciliationRun",
    "ben",
    "reconciliation.replay",
    async () => ({ id: await run("finished_at is not null") }),
  ],
  ["startReconciliation", "ben", "reconciliation.start", () => ({ mode: "DRY_RUN", idempotencyKey: nextKey() })],
  ["cancelReconciliation", "ben", "reconciliation.cancel", async () => ({ id: await run("status = 'QUEUED'") })],
  [
    "scheduleReconciliation",
    "ben",
    "reconciliation.schedule",
    () => ({ cron: "30 6 * * 1-5", zone: "Europe/Brussels" }),
  ],
  ["matchRecords", "ann", "match.create", () => pair(0)],
  ["unmatch", "ann", "match.unmatch", async () => ({ ...(await match("CONFIRMED")), reason: "r" })],
  [
    "liftRejectedPair",
    "ann",
    "rejected-pair.lift",
    async () => ({ rejectedPairId: await id("rejected_pair"), reason: "r" }),
  ],
  ["confirmMatch", "ben", "match.confirm", () => proposedMatch(1)],
  ["rejectMatch", "ben", "match.reject", async () => ({ ...(await proposedMatch(2)), reason: "r" })],
  ["assignDiscrepancy", "ann", "discrepancy.assign", () => ({ ...found(0), assigneeId: `ben@${desk.shop.id}` })],
  ["commentDiscrepancy", "ann", "discrepancy.comment", () => ({ ...found(0), text: "t" })],
  ["snoozeDiscrepancy", "ann", "discrepancy.snooze", () => ({ ...found(0), until: TOMORROW })],
  ["resolveDiscrepancy", "ann", "discrepancy.resolve", () => settled(0)],
  ["confirmResolution", "ben", "discrepancy.confirm", () => proposedResolution(1)],
  ["rejectResolution", "ben", "discrepancy.reject", async () => ({ ...(await proposedResolution(2)), reason: "r" })],
  ["replaySettlementFile", "ben", "settlement-file.replay", () => ({ id: files[0] })],
  ["previewSettlementFile", "ben", "settlement-file.preview", () => ({ id: files[1] })],
  ["applySettlementFile", "ben", "settlement-file.apply", () => ({ id: files[2] })],
  ["discardSettlementFile", "ben", "settlement-file.discard", () => ({ id: files[3] })],
  [
    "saveUserGroup",
    "ann",
    "user-group.save",
    () => ({ merchantId: desk.shop.id, name: "Tills", menus: ["TRANSACTIONS"], actions: ["VIEW"] }),
  ],
  [
    "changeMembership",
    "ann",
    "membership.change",
    () => ({ merchantId: desk.shop.id, userId: `vic@${desk.shop.id}`, groupId: "viewer", expectedVersion: 1 }),
  ],
  ["assignStatus", "ann", "transaction.assign-status", () => unclear()],
  [
    "createWebhookEndpoint",
    "ann",
    "webhook-endpoint.create",
    () => ({ merchantId: desk.shop.id, url: "https://shop.example.com/", events: [] }),
  ],
  ["sendTestNotice", "ann", "webhook-endpoint.test", () => endpoint()],
  [
    "changeWebhookEndpoint",
    "ann",
    "webhook-endpoint.change",
    async () => ({ ...(await endpoint()), expectedVersion: 1, enabled: false }),
  ],
  [
    "removeUserGroup",
    "ann",
    "user-group.remove",
    async () => ({ ...(await made("user_group", "groupId")), expectedVersion: 1 }),
  ],
  [
    "inviteUser",
    "ann",
    "invitation.send",
    () => ({ merchantId: desk.shop.id, email: "new@example.com", groupId: "viewer" }),
  ],
  ["resendInvitation", "ann", "invitation.resend", () => made("invitation", "invitationId")],
  ["revokeInvitation", "ann", "invitation.revoke", () => made("invitation", "invitationId")],
  [
    "saveLocation",
    "ann",
    "location.save",
    () => ({ merchantId: desk.shop.id, name: "Brugge", country: "BE", zone: "Europe/Brussels" }),
  ],
  ["closeLocation", "ann", "location.close", async () => ({ ...(await place("Brugge")), expectedVersion: 1 })],
  ["linkTerminal", "ann", "terminal.link", linked],
  [
    "moveTerminal",
    "ann",
    "terminal.move",
    async () => ({ ...(await made("terminal", "terminalId")), at: "2026-01-01T00:00:00Z" }),
  ],
  ["createExport", "ann", "export.create", () => exported()],
  [
    "cancelExport",
    "ann",
    "export.cancel",
    async () => ({ id: (await rowsOf("transactions.export", "true"))[0]?.["id"] }),
  ],
  ["createJournal", "ann", "export.create", () => exported()],
  [
    "saveReport",
    "ann",
    "report.save",
    () => ({ name: "Weekly", export: { ...exported(), idempotencyKey: nextKey() }, ...WEEKLY }),
  ],
  ["createSavedView", "ann", "saved-view.create", () => ({ merchantId: desk.shop.id, name: "Mine" })],
  ["changeSavedView", "ann", "saved-view.change", async () => ({ ...(await view()), name: "Ours" })],
  ["removeSavedView", "ann", "saved-view.remove", async () => ({ ...(await view()), expectedVersion: 2 })],
  [
    "closePeriod",
    "ann",
    "period.close",
    () => ({
      merchantId: desk.shop.id,
      kind: "DAY",
      from: "2026-11-02T00:00:00+01:00",
      to: "2026-11-03T00:00:00+01:00",
    }),
  ],
  ["createMachine", "ann", "machine.create", () => ({ merchantId: desk.shop.id, name: "Night", provider: "adyen" })],
  ["rotateMachineKey", "ann", "machine.rotate-key", () => made("machine", "machineId")],
  ["revokeMachine", "ann", "machine.revoke", () => made("machine", "machineId")],
];

const exported = () => ({
  format: "CSV",
  locale: "EN",
  zone: "Europe/Brussels",
  filter: { merchants: [desk.shop.id] },
});
const WEEKLY = { cron: "30 6 * * 1", period: "LAST_WEEK", target: "FOLDER" };

async function made(table: string, name: string): Promise<Data> {
  const [row] = await desk.shop.rows(`accounts.${table}`);
  return { merchantId: desk.shop.id, [name]: row?.["id"] };
}

async function place(name: string): Promise<Data> {
  const found = (await desk.shop.rows("accounts.location")).find((row) => row["name"] === name);
  return { merchantId: desk.shop.id, locationId: found?.["id"] };
}

/** After its time there is over. */
async function linked(): Promise<Data> {
  const { id: merchantId, terminal: tid } = desk.shop;
  await ledger.rows("update accounts.terminal set valid_to = '2026-06-01' where merchant_id = $1", [merchantId]);
  const { locationId } = await place("Gent");
  return { merchantId, tid, locationId, from: "2026-07-01T00:00:00Z" };
}

/** Open to whoever holds what it asks for, and then told of there: `invitations.test.ts`. */
const OPEN = ["acceptInvitation"];

/** Of another merchant than the suite's own, and told of there: `sample-data.test.ts`. */
const SAMPLES = ["loadSampleData", "clearSampleData"];

/** A viewer may take along what a viewer sees. */
const TO_VIEWERS = [
  "createExport",
  "cancelExport",
  "createJournal",
  "saveReport",
  "createSavedView",
  "changeSavedView",
  "removeSavedView",
];

const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();

const FEES = `provider: adyen
validFrom: 2020-01-01
currency: EUR
model: INTERCHANGE_PLUS_PLUS
rounding: PER_LINE
rates:
  - fixed: "0.07"
`;

beforeAll(async () => {
  desk = await openDesk();
  const { adyen, terminal } = desk.shop;
  const day = (minute: number) => `2026-11-02 12:0${minute}:00`;
  const apart = [1_000, 150_000, 160_000].map((amount, at) => ({ time: day(at), account: adyen, amount }));
  const short = [2_000, 150_500, 160_600].map((amount, at) => ({ account: adyen, amount, pspReference: `SHORT${at}` }));
  await desk.shop.feed(terminalJournal(terminal, [...apart, ...short]));
  const created = { created: "2026-11-07 12:00:00" };
  const { id: applied } = await desk.shop.feed(
    adyenReport(adyen, [
      ...[1_000, 149_000, 159_000].map((gross, at) => ({ ...created, psp: `APART${at}`, gross })),
      ...[1_990, 150_000, 160_000].map((gross, at) => ({ psp: `SHORT${at}`, gross })),
    ]),
  );
  const refused: string[] = [];
  for (const text of ["not\n", "a\n", "settlement\n"]) refused.push((await desk.shop.feed(text)).id);
  files = [applied, ...refused];
  await ledger.rows("update reconciliation.source_file set status = 'PREVIEWED' where id = any ($1)", [files.slice(2)]);
  await desk.run();
  lines = await Promise.all([0, 1, 2].map((at) => desk.line(`APART${at}`)));
  const open = await rowsOf("transactions.transaction", "reconciliation_state = 'EXPECTED'");
  sales = (await desk.sales()).filter((sale) => open.some((row) => row["id"] === sale));
  for (const at of [0, 1, 2]) {
    discrepancies.push(...(await rowsOf("reconciliation.discrepancy", `line_id = '${await desk.line(`SHORT${at}`)}'`)));
  }
  const { data } = await desk.ask("ann", "{ ruleSets { hash content } }");
  const known = data?.["ruleSets"] as readonly Data[] | undefined;
  rules = known?.[0] ?? {};
});

const rowsOf = (table: string, where: string) =>
  ledger.rows(`select * from ${table} where merchant_id = $1 and ${where} order by id`, [desk.shop.id]);

async function id(table: string, where = "true"): Promise<string> {
  return String((await rowsOf(`reconciliation.${table}`, where))[0]?.["id"]);
}
const run = (where: string) => id("run", where);
const endpoint = async () => ({ endpointId: (await rowsOf("delivery.webhook_endpoint", "true"))[0]?.["id"] });

const view = async () => ({ viewId: (await rowsOf("transactions.saved_view", "true"))[0]?.["id"], expectedVersion: 1 });

async function unclear(): Promise<Data> {
  const entry = { amount: 700, account: desk.shop.adyen, status: "manual_intervention", pspReference: "UNCLEAR" };
  await desk.shop.feed(terminalJournal(desk.shop.terminal, [entry]));
  const [row] = await rowsOf("transactions.transaction", "base_status = 'MANUAL_INTERVENTION'");
  return { transactionId: row?.["id"], status: "SUCCESS", expectedVersion: row?.["version"], reason: "r" };
}
const match = async (state: string) => ({ matchId: await id("match", `state = '${state}'`) });
const found = (at: number) => ({ discrepancyId: discrepancies[at]?.["id"] });
const settled = (at: number) => ({ ...found(at), resolution: "WRITTEN_OFF", reason: "r" });
const pair = (at: number) => ({ lineIds: [lines[at]], transactionIds: [sales[at]], reason: "r", force: true });

async function proposedMatch(at: number): Promise<Data> {
  await ask("ann", "matchRecords", pair(at));
  return match("PROPOSED");
}

async function proposedResolution(at: number): Promise<Data> {
  await ask("ann", "resolveDiscrepancy", settled(at));
  return found(at);
}

/** Asks for a mutation with all that its arguments need; what is given counts before what is made up. */
function ask(user: string, field: string, given: Data = {}) {
  const args = MUTATIONS[field]?.args ?? [];
  const heads = args.map(({ name, type }) => `$${name}: ${type}`).join(", ");
  const passed = args.map(({ name }) => `${name}: $${name}`).join(", ");
  const variables = Object.fromEntries(args.map(({ name, type }) => [name, argumentOf(type, given[name] ?? given)]));
  return desk.ask(user, `mutation (${heads}) { ${field}(${passed}) { __typename } }`, variables);
}

const MADE_UP: Readonly<Record<string, unknown>> = {
  ...{ Int: 1, Boolean: true, BigInt: "1", Currency: "EUR", Date: "2026-11-02", TimeZone: "Europe/Brussels" },
  DateTime: TOMORROW,
};

function argumentOf(type: GraphQLInputType, given: unknown): unknown {
  if (isNonNullType(type)) return argumentOf(type.ofType, given);
  if (isInputObjectType(type)) {
    const known: Data = { idempotencyKey: nextKey(), ...(given as Data) };
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || field.name in known);
    return Object.fromEntries(fields.map((field) => [field.name, known[field.name] ?? argumentOf(field.type, {})]));
  }
  if (typeof given !== "object") return given;
  if (isListType(type)) return [argumentOf(type.ofType, given)];
  return isEnumType(type) ? type.getValues()[0]?.name : (MADE_UP[type.name] ?? "x");
}

const entries = (user: string) =>
  ledger.rows<{ action: string; outcome: string; object_id: string; request_id: string | null }>(
    "select action, outcome, object_id, request_id from delivery.audit_entry where merchant_id = $1 and actor_id = $2 order by position",
    [desk.shop.id, `${user}@${desk.shop.id}`],
  );

test("every mutation of the graph stands in the table of this suite", () => {
  expect([...OPEN, ...SAMPLES, ...ACTS.map(([field]) => field)].sort()).toEqual(Object.keys(MUTATIONS).sort());
});

describe("a mutation leaves an entry", () => {
  test.each(ACTS.map(([field]) => field).filter((field) => !TO_VIEWERS.includes(field)))(
    "when it is refused to a viewer: %s",
    async (field) => {
      const before = await entries("vic");
      const { data, errors } = await ask("vic", field);
      expect([data?.[field], errors?.map(({ extensions }) => extensions?.["code"])]).toEqual([null, ["FORBIDDEN"]]);
      const added = (await entries("vic")).slice(before.length);
      const action = ACTS.find(([name]) => name === field)?.[2];
      expect(added).toMatchObject([{ outcome: "DENIED", request_id: expect.any(String) }]);
      expect([`mutation.${field}`, action]).toContain(added[0]?.action);
    },
  );

  test.each(ACTS)("when it is carried out: %s by %s is %s", async (field, user, action, input) => {
    const given = await input();
    const before = await entries(user);
    const { errors } = await ask(user, field, given);
    expect(errors).toBeUndefined();
    const added = (await entries(user)).slice(before.length);
    expect(added).toMatchObject([{ action, outcome: "DONE", request_id: expect.any(String) }]);
  });
});

describe("what is another merchant's", () => {
  test("is noted as denied with the caller's own merchant alone, though the answer is that there is no such thing", async () => {
    const other = await openDesk();
    const foreign = { id: await run("finished_at is not null") };
    const query = "mutation ($id: ID!) { cancelReconciliation(id: $id) { __typename } }";
    const { errors } = await other.ask("ann", query, foreign);
    expect(errors?.map(({ extensions }) => extensions?.["code"])).toEqual(["NOT_FOUND"]);
    expect(await other.audit("mutation.cancelReconciliation")).toMatchObject([
      { actor_id: `ann@${other.shop.id}`, outcome: "DENIED", object_id: foreign.id, detail: { refusal: "NotFound" } },
    ]);
    expect(
      await ledger.rows("select from delivery.audit_entry where merchant_id = $1 and actor_id = $2", [
        desk.shop.id,
        `ann@${other.shop.id}`,
      ]),
    ).toEqual([]);
  });

  test("is noted with each merchant of who has several, and then without what it was", async () => {
    const [one, two] = [await openDesk(), await openDesk()];
    const member = [two.shop.id, `vic@${one.shop.id}`];
    await ledger.rows("insert into accounts.membership (merchant_id, user_id, role) values ($1, $2, 'viewer')", member);
    const query = `mutation ($id: ID!) { cancelReconciliation(id: $id) { __typename } }`;
    await one.ask("vic", query, { id: "run_x" });
    for (const { audit } of [one, two])
      expect(await audit("mutation.cancelReconciliation")).toMatchObject([{ outcome: "DENIED", object_id: "-" }]);
    const start = `mutation ($input: StartReconciliationInput!) { startReconciliation(input: $input) { __typename } }`;
    const input = { merchantId: two.shop.id, mode: "COMMIT", idempotencyKey: nextKey() };
    await one.ask("vic", start, { input });
    expect(await one.audit("mutation.startReconciliation")).toEqual([]);
    expect(await two.audit("mutation.startReconciliation")).toHaveLength(1);
  });
});
