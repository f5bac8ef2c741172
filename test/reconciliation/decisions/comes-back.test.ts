import { afterAll, expect, test } from "vitest";
import { eventOf, type Told } from "../../support/contradictory-facts.ts";
import { openDecisions } from "../../support/decision-desk.ts";
import { eventAdapter, eventsFile } from "../../support/event-adapter.ts";

const { openDesk, ledger, close } = await openDecisions("comes_back", () => eventAdapter);
afterAll(close);

test("a purchase known from lines alone that gave way comes back as what its new line says", async () => {
  const desk = await openDesk();
  let told = 0;
  const feed = async (fact: Told) => {
    await desk.shop.feed(eventsFile([eventOf(desk.shop, fact, ++told)]));
    await desk.run();
  };
  const line: Told = { kind: "SALE", localReference: "L1", last4: "1111" };
  await feed(line);
  const [first] = await desk.shop.rows("reconciliation.settlement_line");
  await feed({ kind: "SALE", reported: true, settled: false });
  const [sale] = await desk.sales();
  const match = { lineIds: [first?.["id"]], transactionIds: [sale] };
  expect(await desk.decide("ann", "matchRecords", match)).toMatchObject({ state: "CONFIRMED" });
  await feed({ ...line, minor: 400n, last4: "2222" });
  const inferred = async () => (await desk.shop.transactions()).filter(({ provisional }) => provisional);
  expect(await inferred()).toMatchObject([
    { amount_minor: 400, last4: "2222", settled_fee_minor: -3, settled_net_minor: 397 },
  ]);
  expect(await ledger.violated()).toEqual([]);
});
