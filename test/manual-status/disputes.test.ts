import { afterAll, expect, test } from "vitest";
import { type Desk, openDecisions } from "../support/decision-desk.ts";
import { type AdyenLine, adyenReport, terminalJournal } from "../support/settlement-files.ts";

const { openDesk, close } = await openDecisions("disputes");
afterAll(close);

const sale = (psp: string): AdyenLine => ({ psp, gross: 1000, fee: 10 });
const back = (type: string, psp: string, amount: number, modification: string): AdyenLine => {
  return { type, psp, modification, gross: -amount };
};

let batch = 500;
async function settle(desk: Desk, ...lines: AdyenLine[]): Promise<void> {
  batch += 1;
  await desk.shop.feed(adyenReport(desk.shop.adyen, lines, { batch: `${batch}` }));
  await desk.run();
}

const DISPUTES = `query ($filter: DisputeFilter) { disputes(filter: $filter) {
  totals { count amountAtRisk { amountMinor } doubleLoss { amountMinor currency } }
  edges { node { state amountAtRisk { amountMinor } doubleLoss { amountMinor } transaction { providerReference
    refundableRemaining { amountMinor } related { type original { providerReference } } } } } } }`;

test("disputed sales with what is at risk of them, and what the shopper has twice", async () => {
  const desk = await openDesk();
  await settle(desk, sale("PSP1"), sale("PSP2"), sale("PSP3"), sale("PSP4"));
  await settle(desk, back("Chargeback", "PSP1", 400, "D1"));
  await settle(desk, back("Refunded", "PSP2", 1000, "R2"), back("Chargeback", "PSP2", 1000, "D2"));
  await settle(desk, back("Chargeback", "PSP3", 1000, "D3"));
  await settle(desk, back("ChargebackReversed", "PSP3", -1000, "D3"));
  const disputes = async (filter?: object) => {
    const { data, errors } = await desk.ask("vic", DISPUTES, { filter });
    if (errors) throw new Error(JSON.stringify(errors));
    const found = data?.["disputes"] as {
      totals: unknown;
      edges: { node: { transaction: { providerReference: string } } }[];
    };
    return { ...found, references: found.edges.map(({ node }) => node.transaction.providerReference).sort() };
  };
  const all = await disputes();
  expect(all.references).toEqual(["PSP1", "PSP2", "PSP3"]);
  expect(all.totals).toEqual([
    { count: "3", amountAtRisk: { amountMinor: "1400" }, doubleLoss: { amountMinor: "1000", currency: "EUR" } },
  ]);
  expect((await disputes({ states: ["OPEN"] })).references).toEqual(["PSP1", "PSP2"]);
  const won = await disputes({ states: ["WON"] });
  expect(won.edges).toMatchObject([
    {
      node: {
        state: "WON",
        amountAtRisk: { amountMinor: "0" },
        doubleLoss: null,
        transaction: {
          refundableRemaining: { amountMinor: "1200" },
          related: expect.arrayContaining([
            { type: "CHARGEBACK", original: { providerReference: "PSP3" } },
            { type: "CHARGEBACK_REVERSAL", original: { providerReference: "PSP3" } },
          ]),
        },
      },
    },
  ]);
  const twice = await disputes({ doubleLoss: true });
  expect(twice.references).toEqual(["PSP2"]);
  expect(twice.edges).toMatchObject([
    { node: { doubleLoss: { amountMinor: "1000" }, transaction: { refundableRemaining: { amountMinor: "0" } } } },
  ]);
  expect((await disputes({ doubleLoss: false })).references).toEqual(["PSP1", "PSP3"]);
  const list = `query ($filter: TransactionFilter) { transactions(filter: $filter) {
    edges { node { providerReference doubleLoss { amountMinor } } } } }`;
  const { data } = await desk.ask("vic", list, { filter: { doubleLoss: true } });
  expect(data?.["transactions"]).toEqual({
    edges: [{ node: { providerReference: "PSP2", doubleLoss: { amountMinor: "1000" } } }],
  });
});

test("a refund on its way, and one that nobody is certain of, take up room; one that failed gives it back", async () => {
  const desk = await openDesk();
  await settle(desk, sale("PSP1"));
  const told = (amount: number, reference: string, status: string) =>
    desk.shop.feed(
      terminalJournal(desk.shop.terminal, [
        {
          amount,
          type: "refund",
          status,
          account: desk.shop.adyen,
          pspReference: reference,
          originalReference: "PSP1",
        },
      ]),
    );
  const room = async () => {
    const fields = "refundableRemaining { amountMinor } refundsPending { amountMinor } refundState";
    const { data } = await desk.ask(
      "vic",
      `{ transactions(filter: { types: [SALE] }) { edges { node { ${fields} } } } }`,
    );
    const found = data?.["transactions"] as { edges: { node: unknown }[] } | undefined;
    return found?.edges[0]?.node;
  };
  const of = (remaining: number, pending: number) => ({
    refundableRemaining: { amountMinor: `${remaining}` },
    refundsPending: { amountMinor: `${pending}` },
    refundState: "NONE",
  });
  expect(await room()).toEqual(of(1200, 0));
  await told(700, "R1", "processing");
  expect(await room()).toEqual(of(500, 700));
  await told(200, "R2", "manual_intervention");
  expect(await room()).toEqual(of(300, 900));
  await told(700, "R1", "refused");
  expect(await room()).toEqual(of(1000, 200));
});
