import { afterAll, describe, expect, test } from "vitest";
import { nextKey, openDecisions } from "../../support/decision-desk.ts";
import { adyenReport } from "../../support/settlement-files.ts";

const { ledger, openApart, claims, close } = await openDecisions("match_records");
afterAll(close);

describe("matchRecords", () => {
  test("a person brings one line and one transaction together, and everything follows", async () => {
    const { desk, lineIds, transactionIds } = await openApart(
      [{ amount: 1000 }],
      [{ psp: "PSP1", gross: 1000, fee: 15 }],
    );
    const input = { lineIds, transactionIds, reason: "told by telephone" };
    const answer = await desk.decide("ann", "matchRecords", input);
    expect(answer).toMatchObject({
      __typename: "Match",
      state: "CONFIRMED",
      method: "MANUAL",
      stage: "PERSON",
      cardinality: "ONE_TO_ONE",
      actorId: `ann@${desk.shop.id}`,
      reason: "told by telephone",
      difference: { amountMinor: "0", currency: "EUR" },
      legs: [
        {
          active: true,
          amount: { amountMinor: "1000", currency: "EUR" },
          line: { id: lineIds[0], claim: { method: "MANUAL" } },
          transaction: {
            id: transactionIds[0],
            reconciliationState: "MATCHED",
            settlementState: "PAID_OUT",
            fees: { amountMinor: "-15" },
          },
        },
      ],
    });
    expect(await desk.transaction(transactionIds[0] ?? "")).toMatchObject({
      status: "SUCCESS",
      status_rule: 3,
      psp_reference: "PSP1",
      settled_net_minor: 985,
    });
    // What had been inferred from the line is not there beside the sale.
    expect(await desk.shop.transactions()).toHaveLength(1);
    expect(await desk.audit("match.create")).toMatchObject([
      { actor_id: `ann@${desk.shop.id}`, outcome: "DONE", object_id: answer["id"] },
    ]);
    const seen = await desk.ask(
      "vic",
      `{ match(id: "${String(answer["id"])}") { id method legs { claimId } }
        matches(filter: { methods: [MANUAL] }) { edges { node { id actorId } } } }`,
    );
    expect(seen.data).toEqual({
      match: {
        id: answer["id"],
        method: "MANUAL",
        legs: [{ claimId: (answer["legs"] as { claimId: string }[])[0]?.claimId }],
      },
      matches: { edges: [{ node: { id: answer["id"], actorId: `ann@${desk.shop.id}` } }] },
    });
    await desk.run();
    expect(await claims(desk)).toHaveLength(1);
  });

  test("several lines are parts of one transaction", async () => {
    const { desk, lineIds, transactionIds } = await openApart(
      [{ amount: 1000 }],
      [
        { psp: "PSP1", gross: 400, fee: 4 },
        { psp: "PSP2", gross: 600, fee: 6 },
      ],
    );
    const answer = await desk.decide("ann", "matchRecords", { lineIds, transactionIds });
    expect(answer).toMatchObject({ cardinality: "MANY_TO_ONE", legs: [{ active: true }, { active: true }] });
    expect((await claims(desk)).map(({ part, share }) => [part, share])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(await desk.transaction(transactionIds[0] ?? "")).toMatchObject({
      reconciliation_state: "MATCHED",
      settled_fee_minor: -10,
      settled_net_minor: 990,
    });
  });

  test("lines of one reference are parts of one transaction as well", async () => {
    const { desk, transactionIds } = await openApart(
      [{ amount: 1000 }],
      [
        { psp: "PSP1", gross: 400, fee: 4 },
        { psp: "PSP1", gross: 600, fee: 6, modification: "AGAIN" },
      ],
    );
    const lines = await ledger.rows<{ id: string }>(
      "select id from reconciliation.settlement_line where merchant_id = $1 and reference = 'PSP1'",
      [desk.shop.id],
    );
    const lineIds = lines.map(({ id }) => id);
    expect(lineIds).toHaveLength(2);
    const answer = await desk.decide("ann", "matchRecords", { lineIds, transactionIds });
    expect(answer).toMatchObject({ cardinality: "MANY_TO_ONE", legs: [{ active: true }, { active: true }] });
    expect(await desk.transaction(transactionIds[0] ?? "")).toMatchObject({
      psp_reference: "PSP1",
      settled_net_minor: 990,
    });
  });

  test("one line is shared out over several transactions to the last cent", async () => {
    const { desk, lineIds, transactionIds } = await openApart(
      [{ amount: 333 }, { amount: 334 }, { amount: 333 }],
      [{ psp: "PSP1", gross: 1000, fee: 10 }],
    );
    const answer = await desk.decide("ann", "matchRecords", { lineIds, transactionIds });
    expect(answer).toMatchObject({ cardinality: "ONE_TO_MANY", legs: [{}, {}, {}] });
    const made = await claims(desk);
    const sum = (column: string) => made.reduce((total, row) => total + Number(row[column]), 0);
    expect([sum("match_minor"), sum("fee_minor"), sum("net_minor")]).toEqual([1000, -10, 990]);
    const told = await Promise.all(transactionIds.map(desk.transaction));
    // The reference of a shared line is none of theirs.
    expect(told.map((row) => [row["status"], row["psp_reference"]])).toEqual(
      transactionIds.map(() => ["SUCCESS", null]),
    );
  });

  test("amounts that differ are refused without force, and forced only with a reason", async () => {
    const { desk, lineIds, transactionIds } = await openApart([{ amount: 1000 }], [{ psp: "PSP1", gross: 990 }]);
    const input = { lineIds, transactionIds };
    expect(await desk.decide("ann", "matchRecords", input)).toMatchObject({
      __typename: "AmountsDiffer",
      lines: { amountMinor: "990" },
      transactions: { amountMinor: "1000" },
    });
    expect(await desk.decide("ann", "matchRecords", { ...input, force: true, reason: " " })).toMatchObject({
      __typename: "ReasonRequired",
    });
    expect(await claims(desk)).toEqual([]);
    expect(await desk.decide("ann", "matchRecords", { ...input, force: true, reason: "ten cents tip" })).toMatchObject({
      __typename: "Match",
      state: "CONFIRMED",
      method: "FORCED",
      difference: { amountMinor: "-10" },
    });
    const audit = await desk.audit("match.create");
    expect(audit.map(({ outcome }) => outcome)).toEqual(["DENIED", "DENIED", "DONE"]);
  });

  test("what can never be one match is refused whatever the force", async () => {
    const { desk, lineIds, transactionIds } = await openApart(
      [{ amount: 1000 }, { amount: 1000 }],
      [
        { psp: "PSP1", gross: 1000 },
        { psp: "PSP3", gross: 1000 },
      ],
    );
    const abroad = { psp: "PSP2", gross: 1000, currency: "USD", created: "2026-11-07 12:00:00" };
    await desk.shop.feed(adyenReport(desk.shop.adyen, [abroad], { batch: "8" }));
    const takes = { psp: "PSP4", gross: -1000, created: "2026-11-07 12:00:00" };
    await desk.shop.feed(adyenReport(desk.shop.adyen, [takes], { batch: "9" }));
    const [dollars, wrongWay] = await Promise.all([desk.line("PSP2"), desk.line("PSP4")]);
    const [one = "", three = ""] = lineIds;
    const [first = ""] = transactionIds;
    const text = "select id from reconciliation.settlement_line where merchant_id = $1 and kind = 'PAYOUT' limit 1";
    const [payout] = await ledger.rows<{ id: string }>(text, [desk.shop.id]);
    const [inferred] = await ledger.rows<{ id: string }>(
      "select id from transactions.transaction where merchant_id = $1 and provisional and psp_reference = 'PSP3'",
      [desk.shop.id],
    );
    for (const input of [
      { lineIds: [dollars], transactionIds: [first] },
      { lineIds: [wrongWay], transactionIds: [first] },
      { lineIds: [payout?.id], transactionIds: [first] },
      { lineIds: [one, three], transactionIds },
      { lineIds: [one], transactionIds: [inferred?.id] },
    ]) {
      const answer = await desk.decide("ann", "matchRecords", { ...input, force: true, reason: "must be" });
      expect(answer).toMatchObject({ __typename: "NotMatchable", message: expect.stringMatching(/\.$/) });
    }
    expect(await claims(desk)).toEqual([]);
  });

  test("what is part of another match is refused, and the other match is named", async () => {
    const { desk, lineIds, transactionIds } = await openApart(
      [{ amount: 1000 }, { amount: 1000 }],
      [
        { psp: "PSP1", gross: 1000 },
        { psp: "PSP2", gross: 1000 },
      ],
    );
    const [one, two] = lineIds;
    const [first, second] = transactionIds;
    const made = await desk.decide("ann", "matchRecords", { lineIds: [one], transactionIds: [first] });
    for (const input of [
      { lineIds: [one], transactionIds: [second] },
      { lineIds: [two], transactionIds: [first], force: true, reason: "this one" },
    ]) {
      const answer = await desk.decide("ben", "matchRecords", input);
      expect(answer).toMatchObject({ __typename: "AlreadyMatched", matchId: made["id"] });
    }
  });

  test("money for a refused transaction leaves it refused, and opens a discrepancy", async () => {
    const sale = { amount: 1000, status: "refused" };
    const { desk, lineIds, transactionIds } = await openApart([sale], [{ psp: "PSP1", gross: 1000 }]);
    await desk.decide("ann", "matchRecords", { lineIds, transactionIds });
    expect(await desk.transaction(transactionIds[0] ?? "")).toMatchObject({
      status: "REFUSED",
      reconciliation_state: "MATCHED",
    });
    const found = await desk.shop.rows("reconciliation.discrepancy");
    expect(found).toMatchObject([{ type: "SETTLED_BUT_REFUSED", state: "OPEN", line_id: lineIds[0], run_id: null }]);
  });
});

describe("who may", () => {
  test("ids of another merchant are answered as ids of nobody, by the same bytes, and nothing changes", async () => {
    const { desk, lineIds, transactionIds } = await openApart([{ amount: 1000 }], [{ psp: "PSP1", gross: 1000 }]);
    const other = await openApart([{ amount: 1000 }], [{ psp: "PSP1", gross: 1000 }]);
    const nobody = { lineIds: ["lin_AAAAAAAAAAAAAAAAAAAA"], transactionIds: ["acq_AAAAAAAAAAAAAAAAAAAA"] };
    const unknown = await desk.decide("ann", "matchRecords", nobody);
    expect(unknown).toMatchObject({ __typename: "NotFound" });
    for (const input of [
      { lineIds: other.lineIds, transactionIds: other.transactionIds },
      { lineIds, transactionIds: other.transactionIds },
      { lineIds: other.lineIds, transactionIds },
    ]) {
      expect(await desk.decide("ann", "matchRecords", input)).toEqual(unknown);
    }
    expect(await claims(other.desk)).toEqual([]);
    const denied = await desk.audit("match.create");
    expect(denied.map(({ outcome, detail }) => [outcome, detail])).toEqual(
      Array.from({ length: 4 }, () => ["DENIED", { refusal: "NotFound" }]),
    );
  });

  test("a viewer is refused, here and at a merchant that is not theirs, and the attempt is in the audit", async () => {
    const { desk, lineIds, transactionIds } = await openApart([{ amount: 1000 }], [{ psp: "PSP1", gross: 1000 }]);
    const query = `mutation ($input: MatchRecordsInput!) { matchRecords(input: $input) { __typename } }`;
    for (const merchantId of [undefined, desk.shop.id, "mer_1", "mer_none"]) {
      const input = { merchantId, lineIds, transactionIds, idempotencyKey: nextKey() };
      const answer = await desk.ask("vic", query, { input });
      expect(answer.errors?.map(({ extensions }) => extensions?.["code"])).toEqual(["FORBIDDEN"]);
    }
    expect(await claims(desk)).toEqual([]);
    expect((await desk.audit("match.create")).map(({ actor_id, outcome }) => [actor_id, outcome])).toEqual(
      Array.from({ length: 4 }, () => [`vic@${desk.shop.id}`, "DENIED"]),
    );
  });
});
