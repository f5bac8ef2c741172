import { afterAll, describe, expect, test } from "vitest";
import { type Desk, nextKey, openDecisions } from "../../support/decision-desk.ts";
import { adyenReport, terminalJournal } from "../../support/settlement-files.ts";

const { ledger, openDesk, close } = await openDecisions("discrepancy_decisions");
afterAll(close);

/** A shop whose provider booked another amount than the terminal told. */
async function openMismatch() {
  const desk = await openDesk();
  await desk.shop.feed(
    terminalJournal(desk.shop.terminal, [{ amount: 1000, account: desk.shop.adyen, pspReference: "PSP1" }]),
  );
  await desk.shop.feed(adyenReport(desk.shop.adyen, [{ psp: "PSP1", gross: 990 }]));
  await desk.run();
  const [found] = await stored(desk);
  return { desk, discrepancyId: String(found?.["id"]), who: (name: string) => `${name}@${desk.shop.id}` };
}

const stored = (desk: Desk) => desk.shop.rows("reconciliation.discrepancy");

const SHOWN = `query ($state: DiscrepancyState) { discrepancies(state: $state) { edges { node { id type state assigneeId
  snoozedUntil resolution resolvedBy resolutionReason version comments { authorId text } } } } }`;

async function shown(desk: Desk, state?: string) {
  const { data } = await desk.ask("vic", SHOWN, { state });
  const list = (data?.["discrepancies"] ?? { edges: [] }) as { edges: { node: Readonly<Record<string, unknown>> }[] };
  return list.edges.map(({ node }) => node);
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

describe("working on a discrepancy", () => {
  test("it is assigned to who may resolve it, and given back", async () => {
    const { desk, discrepancyId, who } = await openMismatch();
    for (const assigneeId of [who("vic"), "nobody", "ann@mer_none"]) {
      const answer = await desk.decide("ann", "assignDiscrepancy", { discrepancyId, assigneeId });
      expect(answer).toMatchObject({ __typename: "NotAssignable" });
    }
    expect(await desk.decide("ann", "assignDiscrepancy", { discrepancyId, assigneeId: who("ben") })).toMatchObject({
      __typename: "Discrepancy",
      state: "ASSIGNED",
      assigneeId: who("ben"),
      version: 2,
    });
    expect(await shown(desk, "ASSIGNED")).toMatchObject([{ id: discrepancyId }]);
    expect(await shown(desk, "OPEN")).toEqual([]);
    await desk.run();
    expect(await shown(desk)).toMatchObject([{ state: "ASSIGNED", version: 2 }]);
    expect(await desk.decide("ben", "assignDiscrepancy", { discrepancyId })).toMatchObject({
      state: "OPEN",
      assigneeId: null,
    });
    expect((await desk.audit("discrepancy.assign")).map(({ outcome }) => outcome)).toEqual([
      "DENIED",
      "DENIED",
      "DENIED",
      "DONE",
      "DONE",
    ]);
  });

  test("comments are kept in order, with card numbers masked, also once it is resolved", async () => {
    const { desk, discrepancyId, who } = await openMismatch();
    const reason = "agreed";
    await desk.decide("ann", "commentDiscrepancy", { discrepancyId, text: "asked about 4111 1111 1111 1111" });
    await desk.decide("ben", "resolveDiscrepancy", { discrepancyId, resolution: "ACCEPTED", reason });
    const answer = await desk.decide("ben", "commentDiscrepancy", { discrepancyId, text: "they answered" });
    expect(answer).toMatchObject({ state: "RESOLVED", version: 4 });
    const [first, second] = answer["comments"] as { authorId: string; text: string }[];
    expect(first?.text).toMatch(/^asked about .*1111$/);
    expect(first?.text).not.toContain("4111 1111 1111 1111");
    expect(second).toEqual({ authorId: who("ben"), text: "they answered" });
    const query = `mutation ($input: CommentDiscrepancyInput!) { commentDiscrepancy(input: $input) { __typename } }`;
    for (const text of [" ", "x".repeat(1_001)]) {
      const { errors } = await desk.ask("ann", query, { input: { discrepancyId, text, idempotencyKey: nextKey() } });
      expect(errors?.map(({ extensions }) => extensions?.["code"])).toEqual(["INVALID_INPUT"]);
    }
  });

  test("what is put aside waits until its time, a run does not wake it, and then it is open again by itself", async () => {
    const { desk, discrepancyId, who } = await openMismatch();
    await desk.decide("ann", "assignDiscrepancy", { discrepancyId, assigneeId: who("ann") });
    const until = inDays(3);
    const answer = await desk.decide("ann", "snoozeDiscrepancy", { discrepancyId, until });
    expect(answer).toMatchObject({ state: "SNOOZED", snoozedUntil: until });
    await desk.run();
    expect(await shown(desk, "SNOOZED")).toMatchObject([{ id: discrepancyId }]);
    const past = [desk.shop.id];
    await ledger.rows("update reconciliation.discrepancy set snoozed_until = now() where merchant_id = $1", past);
    expect(await shown(desk, "SNOOZED")).toEqual([]);
    expect(await shown(desk)).toMatchObject([{ state: "ASSIGNED", snoozedUntil: null }]);
    const query = `mutation ($input: SnoozeDiscrepancyInput!) { snoozeDiscrepancy(input: $input) { __typename } }`;
    for (const wrong of [inDays(-1), inDays(400)]) {
      const { errors } = await desk.ask("ann", query, {
        input: { discrepancyId, until: wrong, idempotencyKey: nextKey() },
      });
      expect(errors?.map(({ extensions }) => extensions?.["code"])).toEqual(["INVALID_INPUT"]);
    }
  });

  test("what a person settled stays settled while the facts do, and is open again when they change", async () => {
    const { desk, discrepancyId, who } = await openMismatch();
    const settled = { discrepancyId, resolution: "WRITTEN_OFF", reason: "ten cents" };
    expect(await desk.decide("ann", "resolveDiscrepancy", { ...settled, reason: " " })).toMatchObject({
      __typename: "ReasonRequired",
    });
    expect(await desk.decide("ann", "resolveDiscrepancy", settled)).toMatchObject({
      state: "RESOLVED",
      resolution: "WRITTEN_OFF",
      resolvedBy: who("ann"),
      resolutionReason: "ten cents",
    });
    expect(await desk.decide("ann", "resolveDiscrepancy", settled)).toMatchObject({
      __typename: "DiscrepancyResolved",
    });
    await desk.run();
    expect(await shown(desk)).toMatchObject([{ state: "RESOLVED", resolution: "WRITTEN_OFF", version: 2 }]);
    const change =
      "update transactions.transaction set amount_minor = 1200 where merchant_id = $1 and psp_reference = 'PSP1'";
    await ledger.rows(change, [desk.shop.id]);
    await desk.run();
    expect(await shown(desk)).toMatchObject([
      { id: discrepancyId, state: "OPEN", resolution: null, resolvedBy: null, resolutionReason: null, version: 3 },
    ]);
  });

  test("a match by hand resolves what stood in its way", async () => {
    const { desk } = await openMismatch();
    const asked = {
      lineIds: [await desk.line("PSP1")],
      transactionIds: await desk.sales(),
      force: true,
      reason: "tip",
    };
    expect(await desk.decide("ann", "matchRecords", asked)).toMatchObject({ __typename: "Match" });
    expect(await shown(desk)).toMatchObject([{ state: "RESOLVED", resolution: "MATCHED", resolvedBy: null }]);
  });
});

describe("two people, and those who may not", () => {
  test("of two who read the same version one is told that the other was first", async () => {
    const { desk, discrepancyId } = await openMismatch();
    const settle = (user: string, resolution: string) =>
      desk.decide(user, "resolveDiscrepancy", { discrepancyId, resolution, reason: "seen", expectedVersion: 1 });
    const answers = await Promise.all([settle("ann", "ADJUSTED"), settle("ben", "PROVIDER_CLAIM")]);
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(["Discrepancy", "VersionConflict"]);
    expect(answers.find(({ __typename }) => __typename === "VersionConflict")).toMatchObject({ version: 2 });
  });

  test("a key answers the same again, and conflicts with another request", async () => {
    const { desk, discrepancyId } = await openMismatch();
    const input = { discrepancyId, text: "once", idempotencyKey: "comment-1" };
    const first = await desk.decide("ann", "commentDiscrepancy", input);
    const again = await desk.decide("ann", "commentDiscrepancy", input);
    expect(again).toEqual(first);
    expect(again["comments"]).toHaveLength(1);
    expect(await desk.decide("ann", "commentDiscrepancy", { ...input, text: "twice" })).toMatchObject({
      __typename: "IdempotencyConflict",
    });
  });

  test("a foreign discrepancy is answered as one that is not there, and a viewer may decide nothing", async () => {
    const { desk, discrepancyId } = await openMismatch();
    const other = await openMismatch();
    const unknown = await desk.decide("ann", "assignDiscrepancy", { discrepancyId: "dis_AAAAAAAAAAAAAAAAAAAA" });
    expect(unknown).toMatchObject({ __typename: "NotFound" });
    expect(await desk.decide("ann", "assignDiscrepancy", { discrepancyId: other.discrepancyId })).toEqual(unknown);
    const query = `mutation ($input: AssignDiscrepancyInput!) { assignDiscrepancy(input: $input) { __typename } }`;
    const { errors } = await desk.ask("vic", query, { input: { discrepancyId, idempotencyKey: nextKey() } });
    expect(errors?.map(({ extensions }) => extensions?.["code"])).toEqual(["FORBIDDEN"]);
    expect(await stored(desk)).toMatchObject([{ state: "OPEN", version: 1 }]);
    expect(await desk.audit("discrepancy.assign")).toMatchObject([
      { actor_id: `ann@${desk.shop.id}`, outcome: "DENIED" },
      { actor_id: `ann@${desk.shop.id}`, outcome: "DENIED" },
      { actor_id: `vic@${desk.shop.id}`, outcome: "DENIED", detail: { permission: "reconciliation:resolve" } },
    ]);
  });

  test("a decision that fails leaves nothing of those beside it in the same operation", async () => {
    const { desk, discrepancyId } = await openMismatch();
    const query = `mutation ($one: CommentDiscrepancyInput!, $two: CommentDiscrepancyInput!) {
      one: commentDiscrepancy(input: $one) { __typename } two: commentDiscrepancy(input: $two) { __typename } }`;
    const one = { discrepancyId, text: "kept?", idempotencyKey: nextKey() };
    const { data, errors } = await desk.ask("ann", query, { one, two: { ...one, idempotencyKey: "" } });
    expect(data).toEqual({ one: null, two: null });
    expect(errors).toHaveLength(1);
    expect(await desk.shop.rows("reconciliation.discrepancy_comment")).toEqual([]);
    const both = await desk.ask("ann", query, { one, two: { ...one, idempotencyKey: nextKey() } });
    expect(both.errors).toBeUndefined();
    expect(await desk.shop.rows("reconciliation.discrepancy_comment")).toHaveLength(2);
  });
});
