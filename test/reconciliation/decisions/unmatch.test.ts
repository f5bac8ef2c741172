import { afterAll, describe, expect, test } from "vitest";
import { type Desk, openDecisions } from "../../support/decision-desk.ts";
import type { Row } from "../../support/ledger.ts";
import { adyenReport, terminalJournal } from "../../support/settlement-files.ts";

const { ledger, openDesk, close } = await openDecisions("unmatch");
afterAll(close);

const ARN = "74500006306000000000017";
const report = (desk: Desk) =>
  desk.shop.feed(adyenReport(desk.shop.adyen, [{ psp: "PSP1", gross: 1000, fee: 15, arn: ARN }]));
const refund = (desk: Desk) => {
  const line = { type: "Refunded", psp: "PSP1", modification: "REF1", gross: -400 };
  return desk.shop.feed(adyenReport(desk.shop.adyen, [line], { batch: "8" }));
};
/** Known by its own key and the network's, and not by the provider's. */
const sale = (desk: Desk) =>
  desk.shop.feed(
    terminalJournal(desk.shop.terminal, [{ amount: 1000, account: desk.shop.adyen, arn: ARN, stan: "7" }]),
  );
const named = (desk: Desk, status = "processing") =>
  desk.shop.feed(
    terminalJournal(desk.shop.terminal, [{ amount: 1000, account: desk.shop.adyen, pspReference: "PSP1", status }]),
  );

/** Rows as they are apart from how often and when they were written. */
function told(rows: readonly Row[]) {
  return rows.map(({ version: _, ingest_seq: __, recorded_at: ___, changed_at: ____, ...row }) => row);
}

async function matchOf(desk: Desk, user = "ann"): Promise<string> {
  const { data } = await desk.ask(
    user,
    `{ matches(filter: { states: [CONFIRMED], transactionId: "${(await desk.sales())[0]}" }) { edges { node { id } } } }`,
  );
  const matches = data?.["matches"] as { edges: { node: { id: string } }[] } | undefined;
  return matches?.edges[0]?.node.id ?? "";
}

const active = async (desk: Desk) =>
  (await desk.shop.rows("reconciliation.claim")).filter(({ released_at }) => released_at === null);

describe("unmatch", () => {
  test.each([
    ["by the provider's reference", named],
    ["by another key", sale],
  ])("takes back all that a match %s brought, as if there never had been one", async (_, tell) => {
    const desk = await openDesk();
    await tell(desk);
    const before = await desk.shop.transactions();
    await report(desk);
    await desk.run();
    expect(await desk.transaction((await desk.sales())[0] ?? "")).toMatchObject({
      status: "SUCCESS",
      settled_net_minor: 985,
    });
    const matchId = await matchOf(desk);
    const answer = await desk.decide("ann", "unmatch", { matchId, reason: "another purchase" });
    expect(answer).toMatchObject({
      __typename: "Match",
      id: matchId,
      state: "REVOKED",
      method: "AUTO",
      legs: [{ active: false, releasedBy: `ann@${desk.shop.id}`, transaction: { reconciliationState: "EXPECTED" } }],
    });
    expect(told(await desk.shop.transactions())).toEqual(told(before));
    expect(await desk.shop.rows("transactions.alias")).toEqual([]);
    expect(await active(desk)).toEqual([]);
    expect(await desk.audit("match.unmatch")).toMatchObject([{ outcome: "DONE", object_id: matchId }]);
  });

  test("no run matches the pair again until a person lifts it, and then one does", async () => {
    const desk = await openDesk();
    await sale(desk);
    await report(desk);
    await desk.run();
    const [saleId = ""] = await desk.sales();
    await desk.decide("ann", "unmatch", { matchId: await matchOf(desk), reason: "another purchase" });
    await desk.run();
    await desk.run();
    // The line is a purchase of its own now, as if the terminal had never told of this one.
    expect(await active(desk)).toMatchObject([{ stage: "SETTLEMENT_ONLY" }]);
    expect(await desk.transaction(saleId)).toMatchObject({ status: "PROCESSING", settled_net_minor: null });
    const line = await desk.line("PSP1");
    const byHand = await desk.decide("ben", "matchRecords", { lineIds: [line], transactionIds: [saleId] });
    const { data } = await desk.ask("vic", "{ rejectedPairs { edges { node { id reason actorId line { id } } } } }");
    const { edges } = (data?.["rejectedPairs"] ?? { edges: [] }) as { edges: { node: { id: string } }[] };
    expect(edges).toMatchObject([{ node: { reason: "another purchase", line: { id: line } } }]);
    const rejectedPairId = edges[0]?.node.id;
    expect(byHand).toMatchObject({ __typename: "PairRejected", rejectedPairIds: [rejectedPairId] });
    expect(await desk.decide("ben", "liftRejectedPair", { rejectedPairId, reason: "" })).toMatchObject({
      __typename: "ReasonRequired",
    });
    expect(await desk.decide("ben", "liftRejectedPair", { rejectedPairId, reason: "it was right" })).toMatchObject({
      __typename: "RejectedPair",
      liftedBy: `ben@${desk.shop.id}`,
    });
    await desk.run();
    expect(await active(desk)).toMatchObject([{ stage: "ARN", transaction_id: saleId }]);
    expect(await desk.transaction(saleId)).toMatchObject({ status: "SUCCESS", psp_reference: "PSP1" });
  });

  test("a line taken from the transaction that its own reference names waits for a person", async () => {
    const desk = await openDesk();
    await named(desk);
    await report(desk);
    await desk.run();
    await desk.decide("ann", "unmatch", { matchId: await matchOf(desk), reason: "the provider mixed them up" });
    await desk.run();
    expect(await active(desk)).toEqual([]);
    expect(await desk.shop.rows("reconciliation.discrepancy")).toMatchObject([
      { type: "UNEXPECTED_SETTLEMENT", state: "OPEN", line_id: await desk.line("PSP1") },
    ]);
  });

  test("a rejected pair stays apart whichever of its sides comes again, and by force it is matched", async () => {
    const desk = await openDesk();
    await sale(desk);
    await report(desk);
    await desk.run();
    await desk.decide("ann", "unmatch", { matchId: await matchOf(desk), reason: "no" });
    await report(desk);
    await sale(desk);
    await desk.run();
    expect(await active(desk)).toMatchObject([{ stage: "SETTLEMENT_ONLY" }]);
    const asked = { lineIds: [await desk.line("PSP1")], transactionIds: await desk.sales(), force: true };
    expect(await desk.decide("ann", "matchRecords", asked)).toMatchObject({ __typename: "ReasonRequired" });
    expect(await desk.decide("ann", "matchRecords", { ...asked, reason: "yes after all" })).toMatchObject({
      __typename: "Match",
      method: "FORCED",
    });
  });

  test("refunds go back with the reference that they were told under, and the sale is a success no more", async () => {
    const desk = await openDesk();
    await sale(desk);
    const before = await desk.shop.transactions();
    await report(desk);
    await desk.run();
    await refund(desk);
    await desk.run();
    const [saleId = ""] = await desk.sales();
    expect(await desk.transaction(saleId)).toMatchObject({ refund_state: "PARTIAL", refunded_minor: 400 });
    await desk.decide("ann", "unmatch", { matchId: await matchOf(desk), reason: "another purchase" });
    expect(told([await desk.transaction(saleId)])).toEqual(told(before));
    await desk.run();
    const [inferred] = (await desk.shop.transactions()).filter(
      ({ provisional, type }) => provisional && type === "SALE",
    );
    expect(inferred).toMatchObject({ psp_reference: "PSP1", refund_state: "PARTIAL", status: "SUCCESS" });
    expect(await desk.transaction(saleId)).toMatchObject({ refund_state: "NONE", status: "PROCESSING" });
  });

  test("money for a refused sale is unmatched with its discrepancy, and the sale stays refused", async () => {
    const desk = await openDesk();
    await named(desk, "refused");
    await report(desk);
    await desk.run();
    expect(await desk.shop.rows("reconciliation.discrepancy")).toMatchObject([
      { type: "SETTLED_BUT_REFUSED", state: "OPEN" },
    ]);
    await desk.decide("ann", "unmatch", { matchId: await matchOf(desk), reason: "not ours" });
    expect(await desk.shop.rows("reconciliation.discrepancy")).toMatchObject([
      { state: "RESOLVED", resolution: "UNMATCHED" },
    ]);
    const [refused] = await desk.shop.transactions();
    expect(refused).toMatchObject({
      status: "REFUSED",
      reconciliation_state: "NOT_EXPECTED",
      settlement_state: "UNSETTLED",
    });
  });

  test("what the provider said under the reference goes with the line, and comes again when it is matched again", async () => {
    const desk = await openDesk();
    await sale(desk);
    await report(desk);
    await ledger.rows(
      `insert into transactions.transaction_event (merchant_id, transaction_id, id, kind, source, outcome, certainty,
         precedence, outcome_rank, occurred_at, content_hash)
       select merchant_id, expected_id, 'evt_called_off', 'CANCELLATION', 'WEBHOOK', 'CANCELLED', 'DEFINITIVE', 1, 5,
         occurred_at, 'called off' from reconciliation.settlement_line
       where merchant_id = $1 and reference = 'PSP1'`,
      [desk.shop.id],
    );
    await desk.run();
    const [saleId = ""] = await desk.sales();
    expect(await desk.transaction(saleId)).toMatchObject({ status: "CANCELLED" });
    for (const round of [1, 2]) {
      await desk.decide("ann", "unmatch", { matchId: await matchOf(desk), reason: `round ${round}` });
      expect(await desk.transaction(saleId)).toMatchObject({ status: "PROCESSING" });
      const { data } = await desk.ask("vic", "{ rejectedPairs { edges { node { id } } } }");
      const { edges } = (data?.["rejectedPairs"] ?? { edges: [] }) as { edges: { node: { id: string } }[] };
      await desk.decide("ann", "liftRejectedPair", { rejectedPairId: edges[0]?.node.id, reason: "right after all" });
      await desk.run();
      expect(await desk.transaction(saleId)).toMatchObject({ status: "CANCELLED", reconciliation_state: "MATCHED" });
    }
  });

  test("a refund whose return is unmatched is settled still", async () => {
    const desk = await openDesk();
    await report(desk);
    await refund(desk);
    const back = { type: "RefundedReversed", psp: "PSP1", modification: "REF1", gross: 400 };
    await desk.shop.feed(adyenReport(desk.shop.adyen, [back], { batch: "9" }));
    await desk.run();
    const returned = (await active(desk)).find(({ effect }) => effect === "REFUND_REVERSAL");
    const state = async () => desk.transaction(String(returned?.["transaction_id"]));
    expect(await state()).toMatchObject({ status: "CANCELLED", settled_net_minor: 0 });
    await desk.decide("ann", "unmatch", { matchId: returned?.["id"], reason: "of another refund" });
    expect(await state()).toMatchObject({
      status: "SUCCESS",
      reconciliation_state: "MATCHED",
      settled_net_minor: -400,
    });
  });

  test("what is known from its line alone cannot be taken from it", async () => {
    const desk = await openDesk();
    await report(desk);
    await desk.run();
    const [claim] = await active(desk);
    const answer = await desk.decide("ann", "unmatch", { matchId: claim?.["id"], reason: "wrong" });
    expect(answer).toMatchObject({ __typename: "NotMatchable" });
    expect(await active(desk)).toHaveLength(1);
  });
});

describe("refusals of unmatch", () => {
  test("ids of others are answered as ids of nobody, and a reason is needed", async () => {
    const desk = await openDesk();
    const other = await openDesk();
    for (const each of [desk, other]) {
      await sale(each);
      await report(each);
      await each.run();
    }
    const reason = "wrong";
    const unknown = await desk.decide("ann", "unmatch", { matchId: "mat_AAAAAAAAAAAAAAAAAAAA", reason });
    expect(unknown).toMatchObject({ __typename: "NotFound" });
    expect(await desk.decide("ann", "unmatch", { matchId: await matchOf(other), reason })).toEqual(unknown);
    const own = await matchOf(desk);
    const foreign = (await active(other))[0]?.["id"];
    expect(await desk.decide("ann", "unmatch", { matchId: own, claimIds: [foreign], reason })).toEqual(unknown);
    expect(await desk.decide("ann", "unmatch", { matchId: own, reason: "" })).toMatchObject({
      __typename: "ReasonRequired",
    });
    expect(await desk.decide("ann", "liftRejectedPair", { rejectedPairId: "rej_AAAA", reason })).toEqual(unknown);
    expect(await active(other)).toHaveLength(1);
    expect(await active(desk)).toHaveLength(1);
  });
});
