import { afterAll, expect, test } from "vitest";
import type { ProviderEvent } from "../../../subgraphs/shared/event.ts";
import { openDecisions } from "../../support/decision-desk.ts";
import { eventAdapter, eventsFile } from "../../support/event-adapter.ts";

const { openDesk, ledger, close } = await openDecisions("two_currencies", () => eventAdapter);
afterAll(close);

type Desk = Awaited<ReturnType<typeof openDesk>>;

const dollars = (amountMinor: bigint) => ({ amountMinor, currency: "USD" });
const about = (desk: Desk, day: number) =>
  ({
    kind: "SALE",
    family: "ACQUIRER",
    provider: "adyen",
    account: desk.shop.adyen,
    occurredAt: { at: new Date(Date.UTC(2026, 9, day, 10)), ambiguous: false },
    rawStatus: "told",
  }) as const;

/** A sale of 10.00 US dollars, of which one line settles 6.00 in euros and another 4.00 in dollars. */
async function settledInTwo() {
  const desk = await openDesk();
  const outcome = { status: "PROCESSING", certainty: "INDETERMINATE" } as const;
  const line = (reference: string, minor: bigint, currency: string): ProviderEvent => ({
    ...about(desk, 20),
    identity: `line ${reference}`,
    reference: `${desk.shop.id} ${reference}`,
    amount: dollars(minor),
    booking: {
      batch: "B1",
      bookingDate: "2026-10-21",
      gross: { amountMinor: minor, currency },
      fees: {},
      net: { amountMinor: minor, currency },
      processingAmount: dollars(minor),
    },
  });
  await desk.shop.feed(eventsFile([{ ...about(desk, 1), amount: dollars(1000n), outcome }]));
  await desk.shop.feed(eventsFile([line("R1", 600n, "EUR"), line("R2", 400n, "USD")]));
  await desk.run();
  const [euros, dollarLine] = await Promise.all(["R1", "R2"].map((name) => desk.line(`${desk.shop.id} ${name}`)));
  return { desk, euros: euros ?? "", dollarLine: dollarLine ?? "", transactionIds: await desk.sales() };
}

test("a person cannot have what is booked in two currencies added up, at once or one after the other", async () => {
  const { desk, euros, dollarLine, transactionIds } = await settledInTwo();
  expect(transactionIds).toHaveLength(1);
  const both = { lineIds: [euros, dollarLine], transactionIds };
  expect(await desk.decide("ann", "matchRecords", both)).toMatchObject({
    __typename: "NotMatchable",
    message: expect.stringMatching(/ is booked in (USD|EUR), .* in (EUR|USD)\.$/),
  });
  const force = { force: true, reason: "the rest comes later" };
  const first = await desk.decide("ann", "matchRecords", { lineIds: [euros], transactionIds, ...force });
  expect(await desk.decide("ben", "confirmMatch", { matchId: first["id"] })).toMatchObject({ state: "CONFIRMED" });
  const second = { lineIds: [dollarLine], transactionIds, ...force };
  expect(await desk.decide("ann", "matchRecords", second)).toMatchObject({
    __typename: "NotMatchable",
    message: `${transactionIds[0]} is settled in EUR, ${dollarLine} is booked in USD.`,
  });
  expect(await desk.transaction(transactionIds[0] ?? "")).toMatchObject({
    settled_net_minor: 600,
    settled_currency: "EUR",
  });
  expect(await ledger.violated()).toEqual([]);
});
