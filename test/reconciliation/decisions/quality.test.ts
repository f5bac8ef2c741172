import { afterAll, expect, test } from "vitest";
import { openDecisions } from "../../support/decision-desk.ts";
import { adyenReport, terminalJournal } from "../../support/settlement-files.ts";

const { ledger, openDesk, close } = await openDecisions("quality");
afterAll(close);

const QUERY = `query ($period: DateTimeRange) { reconciliationQuality(period: $period) {
  made overturned overturnedAmounts { amountMinor currency } observedPrecision madeByPeople leftToPeople rejectedPairs
  byStage { stage made overturned observedPrecision } } }`;

test("quality tells how many automatic matches people took apart, by stage, and with which money", async () => {
  const desk = await openDesk();
  const { shop } = desk;
  const quality = async (period?: object) => (await desk.ask("vic", QUERY, { period })).data?.["reconciliationQuality"];
  expect(await quality()).toMatchObject({ made: "0", observedPrecision: null, byStage: [] });
  const arn = "74500006306000000000017";
  await shop.feed(
    terminalJournal(shop.terminal, [
      { account: shop.adyen, amount: 1000, stan: "1", pspReference: "PSP1" },
      { account: shop.adyen, amount: 2000, stan: "2", pspReference: "PSP2" },
      { account: shop.adyen, amount: 3000, stan: "3", arn },
    ]),
  );
  await shop.feed(
    adyenReport(shop.adyen, [
      { psp: "PSP1", gross: 1000 },
      { psp: "PSP2", gross: 2000 },
      { psp: "PSP3", gross: 3000, arn },
      // Nobody reported it: to take it over was no decision.
      { psp: "PSP4", gross: 4000 },
    ]),
  );
  await desk.run();
  expect(await quality()).toMatchObject({ made: "3", overturned: "0", observedPrecision: 1 });
  const lineId = await desk.line("PSP2");
  const [claim] = await ledger.rows<{ id: string }>("select id from reconciliation.claim where line_id = $1", [lineId]);
  const apart = { matchId: claim?.id, reason: "another shop's" };
  expect(await desk.decide("ann", "unmatch", apart)).toMatchObject({ __typename: "Match" });
  expect(await quality()).toEqual({
    made: "3",
    overturned: "1",
    overturnedAmounts: [{ amountMinor: "2000", currency: "EUR" }],
    observedPrecision: 2 / 3,
    madeByPeople: "0",
    leftToPeople: "0",
    rejectedPairs: "1",
    byStage: [
      { stage: "REFERENCE", made: "2", overturned: "1", observedPrecision: 0.5 },
      { stage: "ARN", made: "1", overturned: "0", observedPrecision: 1 },
    ],
  });
  expect(await quality({ to: "2020-01-01T00:00:00.000Z" })).toMatchObject({ made: "0", rejectedPairs: "0" });
});
