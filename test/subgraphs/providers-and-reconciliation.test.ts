import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { subgraph as accounts } from "../../subgraphs/accounts/subgraph.ts";
import { subgraph as acquirers } from "../../subgraphs/acquirers/subgraph.ts";
import { subgraph as ccvPay } from "../../subgraphs/ccv-pay/subgraph.ts";
import { subgraph as eVouchers } from "../../subgraphs/e-vouchers/subgraph.ts";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { at, codes, type Graph, openGraph, type Row, transactionRow } from "./support/graph.ts";

let graph: Graph;
const A = { merchant_id: "mer_a" };
const card = transactionRow("ACQUIRER", "card", {
  ticket: "T1",
  arn: "12345678901234567890123",
  reconciliation_state: "MATCHED",
  settlement_state: "PAID_OUT",
  settled_fee_minor: -35n,
  settled_net_minor: 1215n,
  settled_currency: "EUR",
});
const voucher = transactionRow("E_VOUCHER", "voucher", { ticket: "T1" });
const terminal = transactionRow("CCV_PAY", "terminal", { ticket: "T1" });
const alone = transactionRow("E_VOUCHER", "alone");
const unclear = transactionRow("CCV_PAY", "unclear", {
  base_status: "MANUAL_INTERVENTION",
  status: "MANUAL_INTERVENTION",
  ticket: "T1",
});
const foreign = transactionRow("ACQUIRER", "foreign", { merchant_id: "mer_c", ticket: "T1" });

beforeAll(async () => {
  graph = await openGraph("providers", [accounts, acquirers, ccvPay, eVouchers, reconciliation], {
    ann: { mer_a: "finance" },
    two: { mer_a: "finance", mer_b: "administrator" },
    ned: { mer_a: "finance" },
    vic: { mer_a: "viewer" },
    cem: { mer_c: "administrator" },
  });
  for (const row of [card, voucher, terminal, alone, unclear, foreign]) {
    await graph.insert("transactions.transaction", row);
  }
  await graph.insert("ccv_pay.detail", {
    ...A,
    transaction_id: terminal.id,
    method: "maestro",
    masked_pan: "6703••••1234",
  });
  await graph.insert("ccv_pay.detail", { ...A, transaction_id: unclear.id, method: "hidden" });
  await graph.insert("e_vouchers.detail", {
    ...A,
    transaction_id: voucher.id,
    issuer: "EDENRED",
    purse: "MEAL",
    requested_minor: 2000n,
  });
  await graph.insert("acquirers.detail", { ...A, transaction_id: card.id, acquirer: "adyen", merchant_account: "M1" });
  await addSettlement();
});
afterAll(() => graph.close());

async function addSettlement(): Promise<void> {
  await graph.insert("reconciliation.source_file", {
    ...A,
    id: "fil_1",
    sha256: "0".repeat(64),
    name: "settlement.csv",
    size_bytes: 10n,
    status: "PARTIALLY_APPLIED",
    origin: "CLI",
    received_by: "ann",
    rows_read: 5n,
    rows_quarantined: 2n,
    rows_skipped: 1n,
    control_totals: JSON.stringify([{ name: "net", currency: "EUR", expected: "12345678901234567890", actual: "1" }]),
    totals: JSON.stringify({ EUR: { gross: "1250", fee: "-35", net: "1215" } }),
  });
  for (const [line_number, disposition, code] of [
    [3n, "QUARANTINED", "INVALID_AMOUNT"],
    [4n, "QUARANTINED", "UNKNOWN_TYPE"],
    [5n, "SKIPPED", "HEADER"],
  ]) {
    await graph.insert("reconciliation.source_record", {
      ...A,
      file_id: "fil_1",
      line_number,
      disposition,
      code,
      problem: "why",
      raw: `raw ${line_number}`,
    });
  }
  const money = { currency: "EUR", gross_minor: 1250n, fee_minor: -35n, net_minor: 1215n };
  const booked = { ...A, provider: "adyen", account: "M1", booking_date: "2026-01-06", payout_id: "pay_1" };
  await graph.insert("reconciliation.settlement_batch", {
    ...booked,
    id: "bat_1",
    batch: "17",
    line_count: 1n,
    ...money,
  });
  await graph.insert("reconciliation.payout", {
    ...A,
    id: "pay_1",
    provider: "adyen",
    account: "M1",
    reference: "P1",
    currency: "EUR",
    amount_minor: 1215n,
    file_id: "fil_1",
    line_number: 9n,
  });
  const line = {
    ...booked,
    ...money,
    file_id: "fil_1",
    content_hash: "h",
    family: "ACQUIRER",
    batch_id: "bat_1",
    occurred_at: "2026-01-05T08:00:00Z",
    business_date: "2026-01-05",
    payment_type: "CARD",
    payment_method: "visa",
    entry_mode: "CHIP",
    raw_status: "Settled",
  };
  await graph.insert("reconciliation.settlement_line", {
    ...line,
    id: "lin_1",
    line_number: 7n,
    kind: "SALE",
    interchange_minor: -20n,
    scheme_fee_minor: -5n,
    markup_minor: -10n,
  });
  await graph.insert("reconciliation.settlement_line", {
    ...line,
    id: "lin_2",
    line_number: 8n,
    kind: "PAYOUT",
    gross_minor: -1215n,
    fee_minor: 0n,
    net_minor: -1215n,
  });
  await graph.insert("reconciliation.claim", {
    ...A,
    id: "mat_1",
    line_id: "lin_1",
    transaction_id: card.id,
    effect: "SALE",
    run_id: "run_x",
    stage: "psp-reference",
    method: "AUTO",
    rule_set_hash: "h",
  });
  for (const [id, transaction_id, opened_at] of [
    ["dis_1", card.id, "2026-01-07"],
    ["dis_2", null, "2026-01-08"],
  ]) {
    await graph.insert("reconciliation.discrepancy", {
      ...A,
      id,
      type: "FEE_VARIANCE",
      provider: "adyen",
      line_id: "lin_1",
      transaction_id,
      currency: "EUR",
      amount_at_risk_minor: 3n,
      explanation: "why",
      run_id: "run_x",
      opened_at,
    });
  }
}

function entities(typename: string, ids: readonly string[], fields: string) {
  return {
    query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { id ${fields} } } }`,
    variables: { r: ids.map((id) => ({ __typename: typename, id })) },
  };
}

async function entity(user: string, subgraph: typeof accounts, typename: string, id: string, fields: string) {
  const { query, variables } = entities(typename, [id], fields);
  const answer = await graph.ask(user, subgraph, query, variables);
  expect(answer.errors).toBeUndefined();
  return at(answer, "data", "_entities", 0);
}

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

describe("files, payouts and discrepancies", () => {
  test("a file tells its counts, its control totals exactly, and pages its quarantine", async () => {
    const query = `query ($after: String) { settlementFile(id: "fil_1") { status counts { read quarantined }
      controlTotals { name expected } totals { net { amountMinor currency } } skipped { code count }
      quarantined(first: 1, after: $after) { edges { cursor node { line code raw } } pageInfo { hasNextPage } } } }`;
    const first = await graph.ask("ann", reconciliation, query);
    expect(at(first, "data", "settlementFile")).toMatchObject({
      status: "PARTIALLY_APPLIED",
      counts: { read: "5", quarantined: "2" },
      controlTotals: [{ name: "net", expected: "12345678901234567890" }],
      totals: [{ net: { amountMinor: "1215", currency: "EUR" } }],
      skipped: [{ code: "HEADER", count: "1" }],
      quarantined: { edges: [{ node: { line: "3", raw: "raw 3" } }], pageInfo: { hasNextPage: true } },
    });
    const after = at(first, "data", "settlementFile", "quarantined", "edges", 0, "cursor");
    const second = await graph.ask("ann", reconciliation, query, { after });
    expect(at(second, "data", "settlementFile", "quarantined")).toMatchObject({
      edges: [{ node: { line: "4" } }],
      pageInfo: { hasNextPage: false },
    });
    const viewer = await graph.ask("vic", reconciliation, query);
    expect(codes(viewer)).toEqual(["FORBIDDEN"]);
    expect(at(viewer, "data", "settlementFile", "status")).toBe("PARTIALLY_APPLIED");
    expect(await graph.ask("cem", reconciliation, query)).toEqual({ data: { settlementFile: null } });
  });

  test("a payout without a date is listed, with its lines and without its own row", async () => {
    const query = `{ payouts { edges { node { id valueDate batches { edges { node { id } } }
      lines { edges { node { id transaction { id } } } } } } pageInfo { endCursor } }
      settlementBatches { edges { node { id lineCount lines { edges { node { id } } } } } } settlementFiles { edges { node { id } } } }`;
    const { data, errors } = await graph.ask("vic", reconciliation, query);
    expect(errors).toBeUndefined();
    expect(at(data, "payouts", "edges", 0, "node")).toEqual({
      id: "pay_1",
      valueDate: null,
      batches: { edges: [{ node: { id: "bat_1" } }] },
      lines: { edges: [{ node: { id: "lin_1", transaction: { id: card.id } } }] },
    });
    expect(at(data, "settlementBatches", "edges", 0, "node", "id")).toBe("bat_1");
    expect(at(data, "settlementFiles", "edges", 0, "node", "id")).toBe("fil_1");
    const after = at(data, "payouts", "pageInfo", "endCursor");
    const next = await graph.ask(
      "vic",
      reconciliation,
      "query ($after: String) { payouts(after: $after) { edges { cursor } } }",
      { after },
    );
    expect(at(next, "data", "payouts", "edges")).toEqual([]);
  });

  test("discrepancies are listed by state, the latest first", async () => {
    const query = `query ($state: DiscrepancyState) { discrepancies(state: $state) { edges { node { id line { id } transaction { id } } } } }`;
    const open = await graph.ask("vic", reconciliation, query, { state: "OPEN" });
    expect(at(open, "data", "discrepancies", "edges")).toEqual([
      { node: { id: "dis_2", line: { id: "lin_1" }, transaction: null } },
      { node: { id: "dis_1", line: { id: "lin_1" }, transaction: { id: card.id } } },
    ]);
    const resolved = await graph.ask("vic", reconciliation, query, { state: "RESOLVED" });
    expect(at(resolved, "data", "discrepancies", "edges")).toEqual([]);
  });
});

const START = `mutation ($input: StartReconciliationInput!) { startReconciliation(input: $input) { __typename
  ... on ReconciliationRun { id status mode provider } ... on IdempotencyConflict { runId } ... on MerchantRequired { merchantIds } } }`;

describe("startReconciliation", () => {
  const start = (user: string, input: Row) => graph.ask(user, reconciliation, START, { input });

  test("the same key gives the same run, ordered once, even when sent many times at once", async () => {
    const input = { mode: "COMMIT", idempotencyKey: "monday-1" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => start("ann", input)));
    const runs = new Set(answers.map((answer) => at(answer, "data", "startReconciliation", "id")));
    expect(runs.size).toBe(1);
    const [id] = runs;
    expect(at(answers[0], "data", "startReconciliation")).toEqual({
      __typename: "ReconciliationRun",
      id,
      status: "QUEUED",
      mode: "COMMIT",
      provider: null,
    });
    const orders = await graph.sql("select kind, subject_id from delivery.outbox where subject_id = $1", [id]);
    expect(orders).toEqual([{ kind: "RECONCILE", subject_id: id }]);
    const audit = await graph.sql("select actor_id, action from delivery.audit_entry where object_id = $1", [id]);
    expect(audit).toEqual([{ actor_id: "ann", action: "reconciliation.start" }]);
    const seen = await graph.ask(
      "vic",
      reconciliation,
      `{ reconciliationRun(id: "${String(id)}") { id }
      reconciliationRuns { edges { node { id } } } }`,
    );
    expect(at(seen, "data")).toEqual({ reconciliationRun: { id }, reconciliationRuns: { edges: [{ node: { id } }] } });
  });

  test("the same key for another request is a conflict that names the run", async () => {
    const first = await start("ann", { mode: "DRY_RUN", idempotencyKey: "tuesday-1" });
    const other = await start("ann", { mode: "DRY_RUN", provider: "adyen", idempotencyKey: "tuesday-1" });
    expect(at(other, "data", "startReconciliation")).toEqual({
      __typename: "IdempotencyConflict",
      runId: at(first, "data", "startReconciliation", "id"),
    });
  });

  test("a viewer, and anyone at a foreign or unknown merchant, is refused and nothing is written", async () => {
    const before = await graph.sql("select count(*) from reconciliation.run");
    for (const [user, merchantId] of [
      ["vic", "mer_a"],
      ["vic", null],
      ["ann", "mer_c"],
      ["ann", "mer_none"],
    ] as const) {
      const answer = await start(user, { merchantId, mode: "COMMIT", idempotencyKey: "wednesday-1" });
      expect(codes(answer)).toEqual(["FORBIDDEN"]);
    }
    expect(codes(await start("ann", { mode: "COMMIT", idempotencyKey: "two words" }))).toEqual(["INVALID_INPUT"]);
    expect(await graph.sql("select count(*) from reconciliation.run")).toEqual(before);
  });

  test("who may run it for several merchants has to say which", async () => {
    const answer = await start("two", { mode: "COMMIT", idempotencyKey: "thursday-1" });
    expect(at(answer, "data", "startReconciliation")).toEqual({
      __typename: "MerchantRequired",
      merchantIds: ["mer_a", "mer_b"],
    });
    const chosen = await start("two", { merchantId: "mer_b", mode: "COMMIT", idempotencyKey: "thursday-1" });
    expect(at(chosen, "data", "startReconciliation", "__typename")).toBe("ReconciliationRun");
  });

  test("a mutation that fails later in the same operation leaves no run and shows no data", async () => {
    const query = `mutation { one: startReconciliation(input: { mode: COMMIT, idempotencyKey: "friday-1" }) { __typename }
      two: startReconciliation(input: { mode: COMMIT, idempotencyKey: "" }) { __typename } }`;
    const answer = await graph.ask("ann", reconciliation, query);
    expect(codes(answer)).toEqual(["INVALID_INPUT"]);
    expect(answer.data).toBeNull();
    expect(await graph.sql("select id from reconciliation.run where idempotency_key = 'friday-1'")).toEqual([]);
  });

  test("a role that was just lost no longer starts a run, though it may still see for a moment", async () => {
    await graph.ask("ned", accounts, "{ viewer { id } }");
    await graph.sql("update accounts.membership set role = 'viewer' where user_id = 'ned'");
    const answer = await start("ned", { mode: "COMMIT", idempotencyKey: "saturday-1" });
    expect(codes(answer)).toEqual(["FORBIDDEN"]);
  });
});

describe("accounts", () => {
  test("places resolve by key, with what they belong to; foreign ones are null", async () => {
    await graph.insert("accounts.location", {
      ...A,
      id: "loc_1",
      name: "Shop",
      country: "BE",
      zone: "Europe/Brussels",
    });
    await graph.insert("accounts.terminal", {
      ...A,
      id: "ter_1",
      tid: "T0001",
      location_id: "loc_1",
      valid_from: "2026-01-01T00:00:00Z",
    });
    const fields = "tid validFrom validTo location { name country merchant { name role } terminals { id } }";
    expect(await entity("vic", accounts, "Terminal", "ter_1", fields)).toEqual({
      id: "ter_1",
      tid: "T0001",
      validFrom: "2026-01-01T00:00:00.000Z",
      validTo: null,
      location: {
        name: "Shop",
        country: "BE",
        merchant: { name: "Merchant mer_a", role: "viewer" },
        terminals: [{ id: "ter_1" }],
      },
    });
    expect(await entity("cem", accounts, "Terminal", "ter_1", "tid")).toBeNull();
    expect(await entity("vic", accounts, "Merchant", "mer_c", "name")).toBeNull();
  });

  test("the viewer sees who they are, their roles and their merchants", async () => {
    const query =
      "{ viewer { id name roles merchants { id role } } merchants(first: 1) { edges { node { id zone } } pageInfo { hasNextPage } } }";
    expect(await graph.ask("two", accounts, query)).toEqual({
      data: {
        viewer: {
          id: "two",
          name: "Name of two",
          roles: ["administrator", "finance"],
          merchants: [
            { id: "mer_a", role: "finance" },
            { id: "mer_b", role: "administrator" },
          ],
        },
        merchants: { edges: [{ node: { id: "mer_a", zone: "Europe/Brussels" } }], pageInfo: { hasNextPage: true } },
      },
    });
    const stranger = await graph.ask("nobody", accounts, "{ viewer { id roles merchants { id } } }");
    expect(stranger).toEqual({ data: { viewer: { id: "nobody", roles: [], merchants: [] } } });
  });
});
