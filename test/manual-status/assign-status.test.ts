import { afterAll, describe, expect, test } from "vitest";
import { type Desk, nextKey, openDecisions } from "../support/decision-desk.ts";
import { adyenReport, type JournalEntry, terminalJournal } from "../support/settlement-files.ts";

const { ledger, graph, openDesk, close } = await openDecisions("assign_status");
afterAll(close);

const ASSIGN = `mutation ($input: AssignStatusInput!) { assignStatus(input: $input) { __typename
  ... on StatusAssigned { previousStatus transaction { id status statusOrigin everManual version assignableStatuses
    reconciliationState history { source outcome actorId reason } statusExplanation { rule } } }
  ... on IllegalTransition { message from to } ... on VersionConflict { version } ... on NotFound { message }
  ... on IdempotencyConflict { message } } }`;

type Data = Readonly<Record<string, unknown>>;

async function assign(desk: Desk, user: string, input: Data) {
  const { data, errors } = await desk.ask(user, ASSIGN, {
    input: { idempotencyKey: nextKey(), reason: "seen", ...input },
  });
  return errors ? { code: errors[0]?.extensions?.["code"] } : (data?.["assignStatus"] as Data);
}

async function told(desk: Desk, ...entries: JournalEntry[]) {
  await desk.shop.feed(
    terminalJournal(
      desk.shop.terminal,
      entries.map((entry) => ({ account: desk.shop.adyen, ...entry })),
    ),
  );
  return desk.shop.transactions();
}

/** One sale of 10 euros, as its provider tells of it. */
async function one(desk: Desk, status: string, pspReference = "PSP1") {
  const rows = await told(desk, { amount: 1000, pspReference, status });
  const row = rows.find(({ psp_reference }) => psp_reference === pspReference);
  return { transactionId: String(row?.id), expectedVersion: Number(row?.version) };
}

const asked = async (desk: Desk, id: string) => ({
  transactionId: id,
  expectedVersion: Number((await desk.transaction(id))["version"]),
});
const settle = async (desk: Desk, batch = "7") => {
  await desk.shop.feed(adyenReport(desk.shop.adyen, [{ psp: "PSP1", gross: 1000, fee: 10 }], { batch }));
  await desk.run();
};
const conflicts = async (desk: Desk) =>
  (await desk.shop.rows("reconciliation.discrepancy")).filter(({ type }) => type === "STATUS_CONFLICT");

describe("assignStatus", () => {
  test("what waits for a person gets its status, its hand flag and its place in the list, and leaves the queue", async () => {
    const desk = await openDesk();
    const sale = await one(desk, "manual_intervention");
    const queue = `{ manualInterventions { totalCount totals { count amount { amountMinor } oldest } edges { node { id assignableStatuses } } } }`;
    expect((await desk.ask("ann", queue)).data?.["manualInterventions"]).toMatchObject({
      totalCount: "1",
      totals: [{ count: "1", amount: { amountMinor: "1000" } }],
      edges: [{ node: { id: sale.transactionId, assignableStatuses: ["SUCCESS", "FAILED"] } }],
    });
    expect(await assign(desk, "ben", { ...sale, status: "SUCCESS", reason: "receipt of 12:00" })).toMatchObject({
      __typename: "StatusAssigned",
      previousStatus: "MANUAL_INTERVENTION",
      transaction: {
        status: "SUCCESS",
        statusOrigin: "MANUAL",
        everManual: true,
        version: sale.expectedVersion + 1,
        // The finance role may not correct what a person said.
        assignableStatuses: [],
        reconciliationState: "EXPECTED",
        history: [
          {},
          { source: "USER", outcome: "SUCCESS", actorId: `ben@${desk.shop.id}`, reason: "receipt of 12:00" },
        ],
        statusExplanation: { rule: 5 },
      },
    });
    expect((await desk.ask("ann", queue)).data?.["manualInterventions"]).toMatchObject({ totalCount: "0", totals: [] });
    const list = `{ transactions(filter: { statusOrigin: MANUAL, everManual: true }) { totalCount
      totals { count manualCount gross { amountMinor } manualGross { amountMinor } } } }`;
    expect((await desk.ask("vic", list)).data?.["transactions"]).toEqual({
      totalCount: "1",
      totals: [{ count: "1", manualCount: "1", gross: { amountMinor: "1000" }, manualGross: { amountMinor: "1000" } }],
    });
    expect(await desk.audit("transaction.assign-status")).toMatchObject([
      {
        actor_id: `ben@${desk.shop.id}`,
        outcome: "DONE",
        object_id: sale.transactionId,
        detail: {
          reason: "receipt of 12:00",
          before: { status: "MANUAL_INTERVENTION", statusOrigin: "AUTOMATIC", version: sale.expectedVersion },
          after: { status: "SUCCESS", statusOrigin: "MANUAL", version: sale.expectedVersion + 1 },
        },
      },
    ]);
  });

  test.each([
    ["processing", "SUCCESS", "the provider may still answer"],
    ["success", "FAILED", "definitive answer"],
    ["refused", "SUCCESS", "refused it, which is final"],
    ["cancelled", "SUCCESS", "cancelled, which is final"],
    ["failed", "REFUNDED", "Nobody assigns REFUNDED"],
    ["manual_intervention", "CHARGEBACK", "Nobody assigns CHARGEBACK"],
    ["manual_intervention", "CANCELLED", "Nobody assigns CANCELLED"],
  ])("what is %s cannot be made %s, and it is said why", async (before, status, why) => {
    const desk = await openDesk();
    const sale = await one(desk, before);
    const was = await desk.transaction(sale.transactionId);
    const answer = await assign(desk, "ann", { ...sale, status });
    expect(answer).toMatchObject({ __typename: "IllegalTransition", from: was["status"], to: status });
    expect(answer["message"]).toContain(why);
    expect(await desk.transaction(sale.transactionId)).toEqual(was);
    expect(await desk.audit("transaction.assign-status")).toMatchObject([
      { outcome: "DENIED", detail: { refusal: "IllegalTransition" } },
    ]);
  });

  test.each(["SUCCESS", "FAILED"])("a failure that nobody is certain of can be made %s", async (status) => {
    const desk = await openDesk();
    const sale = await one(desk, "failed");
    expect(await assign(desk, "ben", { ...sale, status })).toMatchObject({
      __typename: "StatusAssigned",
      transaction: { status, statusOrigin: "MANUAL" },
    });
  });

  test("only an administrator corrects a person's word, and only until a settlement has spoken", async () => {
    const desk = await openDesk();
    const { transactionId: id, ...first } = await one(desk, "manual_intervention");
    await assign(desk, "ben", { transactionId: id, ...first, status: "FAILED" });
    const refused = await assign(desk, "ben", { ...(await asked(desk, id)), status: "SUCCESS" });
    expect(refused["message"]).toContain("only an administrator");
    const same = await assign(desk, "ann", { ...(await asked(desk, id)), status: "FAILED" });
    expect(same["message"]).toContain("FAILED by a person's assignment already");
    expect(await assign(desk, "ann", { ...(await asked(desk, id)), status: "SUCCESS" })).toMatchObject({
      transaction: { status: "SUCCESS", assignableStatuses: ["FAILED"], statusExplanation: { rule: 5 } },
    });
    await settle(desk);
    const late = await assign(desk, "ann", { ...(await asked(desk, id)), status: "FAILED" });
    expect(late["message"]).toContain("the money decides");
  });

  test("a key that is sent again changes nothing more, and one with another request is a conflict", async () => {
    const desk = await openDesk();
    const sale = await one(desk, "manual_intervention");
    const input = { ...sale, status: "SUCCESS", idempotencyKey: "once" };
    const answer = await assign(desk, "ann", input);
    expect(await assign(desk, "ann", input)).toEqual(answer);
    expect(await assign(desk, "ann", { ...input, status: "FAILED" })).toMatchObject({
      __typename: "IdempotencyConflict",
    });
    expect(await desk.audit("transaction.assign-status")).toHaveLength(1);
    expect((await desk.transaction(sale.transactionId))["version"]).toBe(sale.expectedVersion + 1);
  });

  test("of twenty people at once exactly one assigns", async () => {
    const desk = await openDesk();
    const sale = await one(desk, "manual_intervention");
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        assign(desk, index % 2 ? "ann" : "ben", { ...sale, status: index % 3 ? "SUCCESS" : "FAILED" }),
      ),
    );
    const names = answers.map((answer) => answer["__typename"]).sort();
    expect(names).toEqual(["StatusAssigned", ...Array.from({ length: 19 }, () => "VersionConflict")]);
    const events = await desk.shop.rows("transactions.transaction_event");
    expect(events.filter(({ source }) => source === "USER")).toHaveLength(1);
  });

  test("who may not assign is refused, whether the role or the place forbids it, from the moment that it does", async () => {
    const desk = await openDesk();
    const sale = { ...(await one(desk, "manual_intervention")), status: "SUCCESS" };
    expect(await assign(desk, "vic", sale)).toEqual({ code: "FORBIDDEN" });
    const places = "update accounts.membership set locations = $2 where merchant_id = $1 and user_id = $3";
    await ledger.rows(places, [desk.shop.id, ["loc_elsewhere"], `ben@${desk.shop.id}`]);
    expect(await assign(desk, "ben", sale)).toMatchObject({ __typename: "NotFound" });
    expect(await assign(desk, "ann", { ...sale, transactionId: "acq_AAAAAAAAAAAAAAAAAAAA" })).toMatchObject({
      __typename: "NotFound",
    });
    const stranger = await openDesk();
    expect(await assign(stranger, "ann", sale)).toMatchObject({ __typename: "NotFound" });
    const [{ location_id: location } = {}] = await desk.shop.transactions();
    await ledger.rows(places, [desk.shop.id, [location], `ben@${desk.shop.id}`]);
    expect(await assign(desk, "ben", sale)).toMatchObject({ __typename: "StatusAssigned" });
    await ledger.rows("update accounts.membership set role = 'viewer' where user_id = $1", [`ben@${desk.shop.id}`]);
    expect(await assign(desk, "ben", sale)).toEqual({ code: "FORBIDDEN" });
  });

  test("an empty reason, and a key that is none, are refused", async () => {
    const desk = await openDesk();
    const sale = { ...(await one(desk, "manual_intervention")), status: "SUCCESS" };
    expect(await assign(desk, "ann", { ...sale, reason: "  " })).toEqual({ code: "INVALID_INPUT" });
    expect(await assign(desk, "ann", { ...sale, idempotencyKey: "" })).toEqual({ code: "INVALID_INPUT" });
  });
});

describe("evidence after a person's assignment", () => {
  test("that agrees decides from then on, and what the person said stays in the history", async () => {
    const desk = await openDesk();
    const sale = await one(desk, "manual_intervention");
    await assign(desk, "ann", { ...sale, status: "SUCCESS" });
    await settle(desk);
    expect(await desk.transaction(sale.transactionId)).toMatchObject({
      status: "SUCCESS",
      status_rule: 3,
      status_origin: "AUTOMATIC",
      ever_manual: true,
      reconciliation_state: "MATCHED",
    });
    expect(await conflicts(desk)).toEqual([]);
    const { totals } = (await graph.field(
      `ann@${desk.shop.id}`,
      "{ transactions { totals { manualCount manualGross { amountMinor } } } }",
    )) as { totals: unknown };
    expect(totals).toEqual([{ manualCount: "0", manualGross: { amountMinor: "0" } }]);
  });

  test.each([
    ["a settlement", "FAILED", "SUCCESS", 3, settle],
    ["the provider's last word", "SUCCESS", "REFUSED", 2, (desk: Desk) => one(desk, "refused").then(() => desk.run())],
  ] as const)(
    "from %s that contradicts counts for the money, and opens a STATUS_CONFLICT",
    async (_, said, is, rule, tell) => {
      const desk = await openDesk();
      const sale = await one(desk, "manual_intervention");
      await assign(desk, "ann", { ...sale, status: said });
      await tell(desk);
      expect(await desk.transaction(sale.transactionId)).toMatchObject({
        status: is,
        status_rule: rule,
        status_origin: "AUTOMATIC",
        ever_manual: true,
      });
      expect(await conflicts(desk)).toMatchObject([{ state: "OPEN", transaction_id: sale.transactionId }]);
      const explained = await desk.ask(
        "vic",
        `{ transaction(id: "${sale.transactionId}") { everManual statusExplanation { rule losers { source outcome } }
        discrepancies { type } } }`,
      );
      expect(explained.data?.["transaction"]).toMatchObject({
        everManual: true,
        statusExplanation: { rule, losers: expect.arrayContaining([{ source: "USER", outcome: said }]) },
        discrepancies: [{ type: "STATUS_CONFLICT" }],
      });
    },
  );

  test.each(["FAILED", "SUCCESS"])(
    "whichever of a person and a run comes first, the end is the same (%s)",
    async (status) => {
      for (let round = 0; round < 3; round += 1) {
        const desk = await openDesk();
        const sale = await one(desk, "manual_intervention");
        await desk.shop.feed(adyenReport(desk.shop.adyen, [{ psp: "PSP1", gross: 1000, fee: 10 }]));
        const [answer] = await Promise.all([assign(desk, "ann", { ...sale, status }), desk.run()]);
        await desk.run();
        const row = await desk.transaction(sale.transactionId);
        expect(row).toMatchObject({ status: "SUCCESS", status_rule: 3, status_origin: "AUTOMATIC" });
        const isAssigned = answer["__typename"] === "StatusAssigned";
        expect(["StatusAssigned", "VersionConflict"]).toContain(answer["__typename"]);
        expect(row["ever_manual"]).toBe(isAssigned);
        expect(await conflicts(desk)).toHaveLength(isAssigned && status === "FAILED" ? 1 : 0);
      }
    },
  );
});
