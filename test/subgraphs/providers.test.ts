import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { subgraph as acquirers } from "../../subgraphs/acquirers/subgraph.ts";
import { subgraph as ccvPay } from "../../subgraphs/ccv-pay/subgraph.ts";
import { subgraph as eVouchers } from "../../subgraphs/e-vouchers/subgraph.ts";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import type { Subgraph } from "../../subgraphs/shared/subgraph/define-subgraph.ts";
import { at, entities, type Graph, type Row } from "./support/graph.ts";
import { alone, card, foreign, openSettledGraph, terminal, unclear, voucher } from "./support/settled-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openSettledGraph("providers");
});
afterAll(() => graph.close());

describe("a provider's own fields", () => {
  test("come from its partition and its details", async () => {
    expect(await entity("vic", ccvPay, "CcvPayTransaction", terminal.id, "method maskedPan failureCode")).toEqual({
      id: terminal.id,
      method: "maestro",
      maskedPan: "6703••••1234",
      failureCode: null,
    });
    const fields = "arn acquirer merchantAccount interchange { amountMinor currency } markup { amountMinor }";
    expect(await entity("vic", acquirers, "AcquirerTransaction", card.id, fields)).toEqual({
      id: card.id,
      arn: "12345678901234567890123",
      acquirer: "adyen",
      merchantAccount: "M1",
      interchange: { amountMinor: "-20", currency: "EUR" },
      markup: { amountMinor: "-10" },
    });
  });

  test("a split tender is the ticket's other transactions that the caller may see", async () => {
    const fields =
      "issuer purse requestedAmount { amountMinor } splitTender { __typename id } commission { amountMinor }";
    const answer = (await entity("vic", eVouchers, "VoucherTransaction", voucher.id, fields)) as Row;
    expect(answer).toMatchObject({ issuer: "EDENRED", purse: "MEAL", requestedAmount: { amountMinor: "2000" } });
    const others = answer["splitTender"] as Row[];
    expect(others).toHaveLength(2);
    expect(others).toContainEqual({ __typename: "AcquirerTransaction", id: card.id });
    expect(others).toContainEqual({ __typename: "CcvPayTransaction", id: terminal.id });
    const single = await entity("vic", eVouchers, "VoucherTransaction", alone.id, "splitTender { id } issuer");
    expect(single).toEqual({ id: alone.id, splitTender: [], issuer: null });
  });

  test("hidden and foreign transactions are not there, in whatever subgraph one asks", async () => {
    expect(await entity("vic", ccvPay, "CcvPayTransaction", unclear.id, "method")).toBeNull();
    expect(await entity("vic", reconciliation, "Transaction", unclear.id, "settlementState")).toBeNull();
    expect(await entity("ann", ccvPay, "CcvPayTransaction", unclear.id, "method")).toMatchObject({ method: "hidden" });
    expect(await entity("vic", acquirers, "AcquirerTransaction", foreign.id, "acquirer")).toBeNull();
    expect(await entity("vic", reconciliation, "Transaction", foreign.id, "settlementState")).toBeNull();
  });
});

describe("reconciliation's side of a transaction", () => {
  const fields = `reconciliationState settlementState fees { amountMinor } net { amountMinor } payout { reference }
    discrepancies { id } settlement { kind fileName lineNumber gross { amountMinor } fee { amountMinor }
    interchange { amountMinor } commission { amountMinor } claim { stage method } batch { batch payout { reference } } }`;

  test("tells the lines claimed for it, with file, line and stage", async () => {
    expect(await entity("vic", reconciliation, "Transaction", card.id, fields)).toEqual({
      id: card.id,
      reconciliationState: "MATCHED",
      settlementState: "PAID_OUT",
      fees: { amountMinor: "-35" },
      net: { amountMinor: "1215" },
      payout: { reference: "P1" },
      discrepancies: [{ id: "dis_1" }],
      settlement: [
        {
          kind: "SALE",
          fileName: "settlement.csv",
          lineNumber: "7",
          gross: { amountMinor: "1250" },
          fee: { amountMinor: "-35" },
          interchange: { amountMinor: "-20" },
          commission: null,
          claim: { stage: "psp-reference", method: "AUTO" },
          batch: { batch: "17", payout: { reference: "P1" } },
        },
      ],
    });
  });

  test("fifty representations cost as many statements as one", async () => {
    const count = async (ids: readonly string[]) => {
      const { query, variables } = entities("Transaction", ids, fields);
      await graph.ask("vic", reconciliation, query, variables);
      const spy = vi.spyOn(pg.Client.prototype, "query");
      await graph.ask("vic", reconciliation, query, variables);
      const { length } = spy.mock.calls;
      spy.mockRestore();
      return length;
    };
    const unknown = Array.from({ length: 49 }, (_, index) => `acq_${String(index).padStart(20, "x")}`);
    expect(await count([card.id, ...unknown])).toBe(await count([card.id]));
  });
});

async function entity(user: string, subgraph: Subgraph, typename: string, id: string, fields: string) {
  const { query, variables } = entities(typename, [id], fields);
  const answer = await graph.ask(user, subgraph, query, variables);
  expect(answer.errors).toBeUndefined();
  return at(answer, "data", "_entities", 0);
}
