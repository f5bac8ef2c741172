import { afterAll, describe, expect, test } from "vitest";
import { openDecisions } from "../../support/decision-desk.ts";

const { openApart, claims, close } = await openDecisions("second_person");
afterAll(close);

describe("a second person", () => {
  const large = () => openApart([{ amount: 150_000 }], [{ psp: "PSP1", gross: 149_000, fee: 100 }]);
  const propose = async () => {
    const { desk, lineIds, transactionIds } = await large();
    const input = { lineIds, transactionIds, force: true, reason: "the rest was cash" };
    const proposed = await desk.decide("ann", "matchRecords", input);
    return { desk, lineIds, transactionIds, proposed };
  };

  test("a forced match above the limit waits, the proposer cannot agree, and another person can", async () => {
    const { desk, transactionIds, proposed } = await propose();
    expect(proposed).toMatchObject({
      state: "PROPOSED",
      method: "FORCED",
      legs: [{ claimId: null, active: false, amount: { amountMinor: "149000" } }],
    });
    expect(await claims(desk)).toEqual([]);
    const matchId = proposed["id"];
    expect(await desk.decide("ann", "confirmMatch", { matchId })).toMatchObject({ __typename: "SecondPersonRequired" });
    expect(await desk.decide("ben", "unmatch", { matchId, reason: "no" })).toMatchObject({
      __typename: "MatchStateConflict",
      state: "PROPOSED",
    });
    expect(await desk.decide("ben", "confirmMatch", { matchId })).toMatchObject({
      __typename: "Match",
      state: "CONFIRMED",
      actorId: `ann@${desk.shop.id}`,
      decidedBy: `ben@${desk.shop.id}`,
      legs: [{ active: true }],
    });
    expect(await desk.transaction(transactionIds[0] ?? "")).toMatchObject({ settled_net_minor: 148_900 });
    expect(await desk.decide("ben", "confirmMatch", { matchId })).toMatchObject({
      __typename: "MatchStateConflict",
      state: "CONFIRMED",
    });
    const audit = await desk.audit("match.confirm");
    expect(audit.map(({ outcome }) => outcome)).toEqual(["DENIED", "DONE", "DENIED"]);
  });

  test("another person rejects with a reason, and then nothing waits", async () => {
    const { desk, proposed } = await propose();
    const matchId = proposed["id"];
    expect(await desk.decide("ben", "rejectMatch", { matchId })).toMatchObject({ __typename: "ReasonRequired" });
    expect(await desk.decide("ben", "rejectMatch", { matchId, reason: "not proven" })).toMatchObject({
      state: "REJECTED",
      decisionReason: "not proven",
      legs: [{ active: false }],
    });
    expect(await claims(desk)).toEqual([]);
    expect(await desk.decide("ben", "confirmMatch", { matchId: "mat_AAAAAAAAAAAAAAAAAAAA" })).toMatchObject({
      __typename: "NotFound",
    });
  });

  test("what was proposed and has been matched otherwise meanwhile is not confirmed", async () => {
    const { desk, lineIds, transactionIds, proposed } = await propose();
    const again = await desk.decide("ben", "matchRecords", { lineIds, transactionIds, force: true, reason: "sure" });
    expect(again["state"]).toBe("PROPOSED");
    const made = await desk.decide("ann", "confirmMatch", { matchId: again["id"] });
    expect(made["state"]).toBe("CONFIRMED");
    expect(await desk.decide("ben", "confirmMatch", { matchId: proposed["id"] })).toMatchObject({
      __typename: "AlreadyMatched",
      matchId: made["id"],
    });
  });
});
