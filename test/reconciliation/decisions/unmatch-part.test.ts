import { afterAll, describe, expect, test } from "vitest";
import { openDecisions } from "../../support/decision-desk.ts";
import { adyenReport, terminalJournal } from "../../support/settlement-files.ts";

const { openDesk, close } = await openDecisions("unmatch_part");
afterAll(close);

describe("unmatch of a part", () => {
  /** Lines of which no run can know that they are parts of one sale. */
  const group = async (grosses: readonly number[], amounts: readonly number[]) => {
    const desk = await openDesk();
    const account = desk.shop.adyen;
    const entries = amounts.map((amount, index) => ({ amount, account, time: `2026-11-02 12:0${index}:00` }));
    await desk.shop.feed(terminalJournal(desk.shop.terminal, entries));
    const lines = grosses.map((gross, index) => ({
      psp: `PSP${index}`,
      gross,
      fee: 10,
      created: "2026-11-07 12:00:00",
    }));
    await desk.shop.feed(adyenReport(account, lines));
    await desk.run();
    const lineIds = await Promise.all(lines.map(({ psp }) => desk.line(psp)));
    const transactionIds = await desk.sales();
    const match = await desk.decide("ann", "matchRecords", { lineIds, transactionIds });
    const legs = match["legs"] as { claimId: string; line: { id: string }; transaction: { id: string } }[];
    return { desk, lineIds, transactionIds, matchId: match["id"], legs };
  };

  test("of several lines one goes, the others stay, and it can be put back", async () => {
    const { desk, transactionIds, matchId, legs } = await group([300, 300, 400], [1000]);
    const one = legs[1];
    const asked = { matchId, claimIds: [one?.claimId], reason: "that one is another sale" };
    const answer = await desk.decide("ben", "unmatch", asked);
    expect(answer["state"]).toBe("CONFIRMED");
    expect((answer["legs"] as { active: boolean }[]).filter((leg) => leg.active)).toHaveLength(2);
    expect(await desk.transaction(transactionIds[0] ?? "")).toMatchObject({
      reconciliation_state: "PARTIAL",
      status: "SUCCESS",
      settled_fee_minor: -20,
    });
    expect(await desk.decide("ben", "unmatch", asked)).toMatchObject({ __typename: "MatchStateConflict" });
    const back = { lineIds: [one?.line.id], transactionIds, force: true, reason: "it was right" };
    expect(await desk.decide("ann", "matchRecords", back)).toMatchObject({
      __typename: "Match",
      difference: { amountMinor: "0" },
    });
    expect(await desk.transaction(transactionIds[0] ?? "")).toMatchObject({
      reconciliation_state: "MATCHED",
      settled_fee_minor: -30,
    });
    expect(await desk.decide("ben", "unmatch", { matchId, reason: "all of it" })).toMatchObject({ state: "REVOKED" });
  });

  test("of several transactions one goes, and the share that it had can be another's", async () => {
    const { desk, lineIds, transactionIds, matchId, legs } = await group([1000], [400, 600]);
    const small = legs.find(({ transaction }) => transaction.id === transactionIds[0]);
    const rest = async () => {
      const found = await desk.shop.rows("reconciliation.discrepancy");
      return found.filter(({ type }) => type === "PARTLY_MATCHED");
    };
    await desk.decide("ben", "unmatch", { matchId, claimIds: [small?.claimId], reason: "not this one" });
    expect(await desk.transaction(transactionIds[0] ?? "")).toMatchObject({
      status: "PROCESSING",
      settled_net_minor: null,
    });
    expect(await rest()).toMatchObject([{ state: "OPEN", line_id: lineIds[0], amount_at_risk_minor: 400 }]);
    const time = "2026-11-03 12:00:00";
    await desk.shop.feed(terminalJournal(desk.shop.terminal, [{ amount: 400, account: desk.shop.adyen, time }]));
    const other = (await desk.sales()).find((id) => !transactionIds.includes(id)) ?? "";
    const answer = await desk.decide("ann", "matchRecords", { lineIds, transactionIds: [other] });
    expect(answer).toMatchObject({ __typename: "Match", legs: [{ amount: { amountMinor: "400" } }] });
    expect(await desk.transaction(other)).toMatchObject({ settled_fee_minor: -4, settled_net_minor: 396 });
    expect(await rest()).toMatchObject([{ state: "RESOLVED", resolution: "MATCHED" }]);
  });
});
