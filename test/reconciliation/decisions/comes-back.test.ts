import { afterAll, expect, test } from "vitest";
import { eventOf, type Told } from "../../support/contradictory-facts.ts";
import { openDecisions } from "../../support/decision-desk.ts";
import { eventAdapter, eventsFile } from "../../support/event-adapter.ts";

const { openDesk, ledger, close } = await openDecisions("comes_back", () => eventAdapter);
afterAll(close);

const LINE: Told = { kind: "SALE", localReference: "L1", last4: "1111" };

/** A purchase known from a line alone that gave way to one that was reported, since a person said so. */
async function gaveWay() {
  const desk = await openDesk();
  let told = 0;
  const feed = async (fact: Told) => {
    await desk.shop.feed(eventsFile([eventOf(desk.shop, fact, ++told)]));
    await desk.run();
  };
  await feed(LINE);
  const [line] = await desk.shop.rows("reconciliation.settlement_line");
  await feed({ kind: "SALE", reported: true, settled: false });
  const [sale = ""] = await desk.sales();
  const match = { lineIds: [line?.["id"]], transactionIds: [sale] };
  expect(await desk.decide("ann", "matchRecords", match)).toMatchObject({ state: "CONFIRMED" });
  const others = async () => (await desk.shop.transactions()).filter(({ id }) => id !== sale);
  expect(await others()).toEqual([]);
  return { feed, others };
}

test("a purchase known from lines alone that gave way comes back as what its new line says", async () => {
  const { feed, others } = await gaveWay();
  await feed({ ...LINE, minor: 400n, last4: "2222" });
  expect(await others()).toMatchObject([
    { amount_minor: 400, last4: "2222", status: "SUCCESS", settled_fee_minor: -3, settled_net_minor: 397 },
  ]);
  expect(await ledger.violated()).toEqual([]);
});

test("one that is reported after it gave way was settled by nothing", async () => {
  const { feed, others } = await gaveWay();
  await feed({ ...LINE, reported: true, settled: false });
  expect(await others()).toMatchObject([
    { status: "PROCESSING", settlement_state: "UNSETTLED", settled_fee_minor: null, settled_net_minor: null },
  ]);
  expect(await ledger.violated()).toEqual([]);
});
