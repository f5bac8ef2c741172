import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Row } from "../support/graph.ts";
import { A, openSettledGraph } from "../support/settled-graph.ts";
import { type Data, EXPORT_FIELDS, type ExportDesk, openExportDesk } from "./export-desk.ts";
import { readExportCsv } from "./read-csv.ts";

let desk: ExportDesk;
beforeAll(async () => {
  const graph = await openSettledGraph("journal");
  desk = await openExportDesk(graph);
  const line = async (id: string, given: Row) => {
    const [shape] = await graph.sql<Row>("select * from reconciliation.settlement_line where id = 'lin_1'");
    const own = {
      interchange_minor: null,
      scheme_fee_minor: null,
      markup_minor: given["fee_minor"],
      id,
      content_hash: id,
    };
    const { ingest_seq: _, ...copied }: Row = { ...shape, ...own, payout_id: "pay_2", batch_id: "bat_2", ...given };
    await graph.insert("reconciliation.settlement_line", copied);
  };
  const paid = { ...A, provider: "adyen", account: "M1", currency: "EUR" };
  await graph.insert("reconciliation.settlement_batch", {
    ...paid,
    id: "bat_2",
    batch: "18",
    booking_date: "2026-02-01",
    payout_id: "pay_2",
    line_count: 3n,
    gross_minor: 0n,
    fee_minor: 0n,
    net_minor: 0n,
  });
  await graph.insert("reconciliation.payout", {
    ...paid,
    id: "pay_2",
    reference: "=P2",
    value_date: "2026-02-03",
    amount_minor: 1_007n,
    file_id: "fil_1",
    line_number: 10n,
    has_own_line: true,
  });
  await line("lin_3", { gross_minor: 2_000n, fee_minor: -20n, net_minor: 1_980n, line_number: 11n });
  await line("lin_4", { kind: "REFUND", gross_minor: -970n, fee_minor: 3n, net_minor: -967n, line_number: 12n });
  await line("lin_5", { kind: "FEE", gross_minor: 0n, fee_minor: -5n, net_minor: -5n, line_number: 13n });
});
afterAll(() => desk?.close());

const CREATE = `mutation ($input: CreateJournalInput!) {
  createJournal(input: $input) { __typename ... on Export { ${EXPORT_FIELDS} content } ... on ExportRefused { message } }
}`;

let keys = 0;
const USUAL = { format: "CSV", locale: "EN", zone: "Europe/Brussels", bom: false };
const create = (user: string, input: Data) =>
  desk.field(user, CREATE, { input: { ...USUAL, idempotencyKey: `journal-${++keys}`, ...input } });

async function journal(input: Data = {}) {
  const asked = await create("ann", input);
  const made = await desk.ended("ann", String(asked["id"]));
  const response = await desk.get("ann", String(made["downloadPath"]));
  return { made, ...readExportCsv(Buffer.from(await response.arrayBuffer())) };
}

describe("a journal", () => {
  test("has a line for each booking, and of each payout debits equal credits", async () => {
    const { made, rows, facts } = await journal();
    expect(made).toMatchObject({ status: "SUCCEEDED", rowsDone: "10", columns: [], filter: '{"from":null,"to":null}' });
    expect(made["fileName"]).toMatch(/^journal-/);
    const shown = rows.map((row) => [row["Account"], row["Debit"], row["Credit"], row["Fee"], row["Payout reference"]]);
    expect(shown).toEqual([
      ["FEES", "0.35", "", "", "P1"],
      ["SALE", "", "12.50", "-0.35", "P1"],
      ["BANK", "12.15", "", "", "P1"],
      ["FEES", "0.20", "", "", "'=P2"],
      ["SALE", "", "20.00", "-0.20", "'=P2"],
      ["FEES", "", "0.03", "", "'=P2"],
      ["REFUND", "9.70", "", "0.03", "'=P2"],
      ["FEES", "0.05", "", "", "'=P2"],
      ["BANK", "10.07", "", "", "'=P2"],
      ["RESIDUAL", "0.01", "", "", "'=P2"],
    ]);
    for (const payout of ["P1", "'=P2"]) {
      const own = rows.filter((row) => row["Payout reference"] === payout);
      expect(sumOf(own, "Debit")).toBe(sumOf(own, "Credit"));
    }
    expect(facts.get("Total EUR")).toBe("debit 32.53; credit 32.53");
  });

  test("is of the payouts of a period, by the day that their money moved", async () => {
    const days = async (input: Data) => new Set((await journal(input)).rows.map((row) => row["Date"]));
    expect(await days({ from: "2026-02-03", to: "2026-02-03" })).toEqual(new Set(["2026-02-03"]));
    expect(await days({ to: "2026-02-02" })).toEqual(new Set(["2026-01-06"]));
    expect(await days({ from: "2026-02-04" })).toEqual(new Set());
    expect((await create("ann", { from: "2026-02-04", to: "2026-02-03" }))["message"]).toContain("swap");
  });

  test("is of whole merchants that who asks sees the settlements of, and of no others", async () => {
    expect((await create("ann", { merchants: ["mer_c"] }))["__typename"]).toBe("ExportRefused");
    await desk.graph.sql("update accounts.membership set locations = '{loc_1}' where user_id = 'ned'");
    const { errors } = await desk.ask("ned", CREATE, { input: { ...USUAL, idempotencyKey: "limited" } });
    expect(JSON.stringify(errors)).toContain("FORBIDDEN");
    const { rows } = await journal();
    expect(new Set(rows.map((row) => row["Merchant id"]))).toEqual(new Set(["mer_a"]));
  });
});

const sumOf = (rows: readonly Readonly<Record<string, string>>[], column: string) =>
  rows.reduce((sum, row) => sum + BigInt((row[column] || "0.00").replace(".", "")), 0n);
