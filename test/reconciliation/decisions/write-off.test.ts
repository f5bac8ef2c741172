import { afterAll, describe, expect, test } from "vitest";
import { type Desk, openDecisions } from "../../support/decision-desk.ts";
import { adyenReport, terminalJournal } from "../../support/settlement-files.ts";

const { ledger, openDesk, close } = await openDecisions("write_off");
afterAll(close);

/** A shop that is short of `missing`, where one person alone may give up 1,000.00. */
async function openShort(gross: number) {
  const desk = await openDesk();
  const sale = { amount: gross + 500, account: desk.shop.adyen, pspReference: "PSP1" };
  await desk.shop.feed(terminalJournal(desk.shop.terminal, [sale]));
  await desk.shop.feed(adyenReport(desk.shop.adyen, [{ psp: "PSP1", gross }]));
  await desk.run();
  const [found] = await stored(desk);
  return { desk, discrepancyId: String(found?.["id"]), who: (name: string) => `${name}@${desk.shop.id}` };
}

async function propose(resolution = "WRITTEN_OFF") {
  const short = await openShort(150_000);
  const { desk, discrepancyId } = short;
  const asked = { discrepancyId, resolution, reason: "not worth a claim" };
  return { ...short, asked, proposed: await desk.decide("ann", "resolveDiscrepancy", asked) };
}

const stored = (desk: Desk) => desk.shop.rows("reconciliation.discrepancy");

const WAITING = `query ($proposed: Boolean) { allDiscrepancies: discrepancies(filter: { proposed: $proposed }) {
  edges { node { id } } } }`;

async function listed(desk: Desk, proposed: boolean) {
  const { data } = await desk.ask("ben", WAITING, { proposed });
  const list = data?.["allDiscrepancies"] as { edges: { node: { id: string } }[] };
  return list.edges.map(({ node }) => node.id);
}

describe("giving money up", () => {
  test.each(["WRITTEN_OFF", "ACCEPTED"])(
    "above the limit, %s waits until another person agrees",
    async (resolution) => {
      const { desk, discrepancyId, who, proposed } = await propose(resolution);
      const proposal = { resolution, proposedBy: who("ann"), reason: "not worth a claim" };
      expect(proposed).toMatchObject({ state: "OPEN", resolution: null, resolvedBy: null, proposal });
      expect(await listed(desk, true)).toEqual([discrepancyId]);
      expect(await listed(desk, false)).toEqual([]);
      expect(await desk.decide("ann", "confirmResolution", { discrepancyId })).toMatchObject({
        __typename: "SecondPersonRequired",
      });
      await desk.run();
      expect(await desk.decide("ben", "confirmResolution", { discrepancyId, expectedVersion: 2 })).toMatchObject({
        state: "RESOLVED",
        resolution,
        resolvedBy: who("ann"),
        resolutionReason: "not worth a claim",
        proposal: null,
        comments: [{ authorId: who("ben"), text: `agreed: ${resolution}` }],
      });
      expect(await desk.decide("ben", "confirmResolution", { discrepancyId })).toMatchObject({
        __typename: "DiscrepancyResolved",
      });
      await desk.run();
      expect(await stored(desk)).toMatchObject([{ state: "RESOLVED", resolution, version: 3 }]);
      expect(await desk.audit("discrepancy.resolve")).toMatchObject([{ outcome: "DONE", detail: { proposed: true } }]);
      expect((await desk.audit("discrepancy.confirm")).map(({ outcome }) => outcome)).toEqual([
        "DENIED",
        "DONE",
        "DENIED",
      ]);
    },
  );

  test("up to the limit, or by words that give nothing away, one person is enough", async () => {
    const small = await openShort(99_000);
    const settle = { resolution: "WRITTEN_OFF", reason: "small" };
    expect(
      await small.desk.decide("ann", "resolveDiscrepancy", { discrepancyId: small.discrepancyId, ...settle }),
    ).toMatchObject({ state: "RESOLVED", resolution: "WRITTEN_OFF", proposal: null });
    const { desk, asked } = await propose();
    expect(await desk.decide("ann", "resolveDiscrepancy", { ...asked, resolution: "PROVIDER_CLAIM" })).toMatchObject({
      state: "RESOLVED",
      resolution: "PROVIDER_CLAIM",
      proposal: null,
    });
  });

  test("another person refuses with a reason, and then nothing waits", async () => {
    const { desk, discrepancyId, who } = await propose();
    expect(await desk.decide("ben", "rejectResolution", { discrepancyId })).toMatchObject({
      __typename: "ReasonRequired",
    });
    expect(await desk.decide("ben", "rejectResolution", { discrepancyId, reason: "claim it" })).toMatchObject({
      state: "OPEN",
      resolution: null,
      proposal: null,
      comments: [{ authorId: who("ben"), text: "refused: WRITTEN_OFF; claim it" }],
    });
    for (const decision of ["confirmResolution", "rejectResolution"]) {
      expect(await desk.decide("ben", decision, { discrepancyId, reason: "late" })).toMatchObject({
        __typename: "NothingProposed",
      });
    }
    const query = `mutation ($input: DecideResolutionInput!) { confirmResolution(input: $input) { __typename } }`;
    const { errors } = await desk.ask("vic", query, { input: { discrepancyId, idempotencyKey: "vic-1" } });
    expect(errors?.map(({ extensions }) => extensions?.["code"])).toEqual(["FORBIDDEN"]);
  });

  test("agreement to one amount is none to another: a proposal lapses when a run finds other facts", async () => {
    const { desk, discrepancyId } = await propose();
    const change = "update transactions.transaction set amount_minor = 170000 where merchant_id = $1";
    await ledger.rows(change, [desk.shop.id]);
    await desk.run();
    expect(await stored(desk)).toMatchObject([{ state: "OPEN", resolution: null, resolved_by: null, version: 3 }]);
    expect(await desk.decide("ben", "confirmResolution", { discrepancyId })).toMatchObject({
      __typename: "NothingProposed",
    });
  });

  test("what goes away by itself was settled by nobody, whatever was proposed", async () => {
    const { desk } = await propose();
    await ledger.rows("update transactions.transaction set amount_minor = 150000 where merchant_id = $1", [
      desk.shop.id,
    ]);
    await desk.run();
    expect(await stored(desk)).toMatchObject([{ state: "RESOLVED", resolution: "MATCHED", resolved_by: null }]);
  });

  test("of an overdue payment too, a proposal stands while the facts do", async () => {
    const desk = await openDesk();
    const sale = { amount: 150_000, account: desk.shop.adyen, pspReference: "PSP1" };
    await desk.shop.feed(terminalJournal(desk.shop.terminal, [sale]));
    const assess = async () => {
      await ledger.rows(ORDER_RUN, [desk.shop.id, `run_${desk.shop.id}_${++orders}`]);
      await desk.shop.reconcile("2026-12-15");
    };
    await assess();
    const [missing] = await stored(desk);
    const discrepancyId = String(missing?.["id"]);
    await desk.decide("ann", "resolveDiscrepancy", { discrepancyId, resolution: "WRITTEN_OFF", reason: "lost" });
    await assess();
    expect(await stored(desk)).toMatchObject([{ state: "OPEN", resolution: "WRITTEN_OFF", version: 2 }]);
    await ledger.rows("update transactions.transaction set amount_minor = 160000 where merchant_id = $1", [
      desk.shop.id,
    ]);
    await assess();
    expect(await stored(desk)).toMatchObject([{ state: "OPEN", resolution: null, resolved_by: null, version: 3 }]);
  });
});

let orders = 0;
const ORDER_RUN = `
  insert into reconciliation.run (merchant_id, id, idempotency_key, mode, trigger, requested_by)
  values ($1, $2, $2, 'COMMIT', 'USER', 'user:test')`;
