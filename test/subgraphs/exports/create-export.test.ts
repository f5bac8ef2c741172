import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Graph, openGraph, type Row, transactionRow } from "../support/graph.ts";
import { SUBGRAPHS } from "../support/settled-graph.ts";
import { type Data, type ExportDesk, openExportDesk } from "./export-desk.ts";
import { readExportCsv } from "./read-csv.ts";

let desk: ExportDesk;
beforeAll(async () => {
  const graph = await openGraph("exports", SUBGRAPHS, {
    ann: { mer_a: "finance", mer_b: "finance" },
    vic: { mer_a: "viewer" },
    cem: { mer_c: "administrator" },
    mac: { mer_a: "adapter" },
  });
  await addSales(graph);
  desk = await openExportDesk(graph);
});
afterAll(() => desk?.close());

/** Sales of three currencies and of two merchants, refunds, what waits for a person, and what a better row replaced. */
async function addSales(graph: Graph): Promise<void> {
  const currencies = ["EUR", "JPY", "BHD"];
  for (let index = 0; index < 90; index += 1) {
    const amount = 1_000n + BigInt(index);
    await graph.insert("transactions.transaction", {
      ...transactionRow(index % 2 === 0 ? "CCV_PAY" : "ACQUIRER", `sale ${index}`, {
        merchant_id: index % 3 === 0 ? "mer_b" : "mer_a",
        occurred_at: new Date(Date.UTC(2026, 0, 5, 8, 0, Math.floor(index / 7))),
        currency: currencies[index % 3],
        amount_minor: amount,
        captured_minor: amount,
        ...(index % 5 === 0 && { settled_fee_minor: -12n, settled_net_minor: amount - 12n, settled_currency: "EUR" }),
      }),
    });
  }
  const rest: [string, Row][] = [
    ["refund", { type: "REFUND", amount_minor: 250n, captured_minor: 0n }],
    ["charged", { type: "CHARGEBACK", amount_minor: 300n, captured_minor: 0n }],
    ["pending", { base_status: "PROCESSING", status: "PROCESSING", captured_minor: 0n }],
    ["waits", { base_status: "MANUAL_INTERVENTION", status: "MANUAL_INTERVENTION" }],
    ["replaced", { superseded_by: "ccv_other" }],
    ["by hand", { status_origin: "MANUAL", ever_manual: true }],
    ["foreign", { merchant_id: "mer_c" }],
  ];
  for (const [reference, given] of rest) {
    await graph.insert("transactions.transaction", transactionRow("CCV_PAY", reference, given));
  }
}

const LIST = `query ($filter: TransactionFilter) { transactions(filter: $filter, first: 100) { totalCount
  totals { currency count gross { amountMinor } refunded { amountMinor } chargedBack { amountMinor }
    credited { amountMinor } pending { amountMinor } fees { amountMinor } net { amountMinor } }
  edges { node { id } } } }`;

describe("an export", () => {
  test("has the rows of the list in its order, and its totals to the cent", async () => {
    const list = await desk.field("ann", LIST);
    const { made, bytes } = await desk.made("ann", {});
    const { rows, facts } = readExportCsv(bytes);
    const ids = (list["edges"] as { node: { id: string } }[]).map(({ node }) => node.id);
    expect(rows.map((row) => row["Transaction id"])).toEqual(ids);
    expect(made["totals"]).toEqual(list["totals"]);
    expect(made["rowsDone"]).toBe(list["totalCount"]);
    expect(facts.get("Rows")).toBe(list["totalCount"]);
    expect(rows.map((row) => row["Transaction number"])).not.toContain("waits");
    for (const { currency, gross, refunded, chargedBack, count } of made["totals"] as TotalsData[]) {
      const own = rows.filter((row) => row["Currency"] === currency);
      expect(own.length).toBe(Number(count));
      expect(sumOf(own, "Captured", "sale")).toBe(gross.amountMinor);
      expect(sumOf(own, "Amount", "refund")).toBe(refunded.amountMinor);
      expect(sumOf(own, "Amount", "chargeback")).toBe(chargedBack.amountMinor);
    }
  });

  test("writes amounts by the decimals of their currency", async () => {
    const { bytes } = await desk.made("ann", { columns: ["TRANSACTION_NUMBER", "AMOUNT", "CURRENCY", "FEES"] });
    const amounts = new Map(readExportCsv(bytes).rows.map((row) => [row["Transaction number"], row]));
    expect(amounts.get("sale 30")).toMatchObject({ Amount: "10.30", Currency: "EUR", Fees: "-0.12" });
    expect(amounts.get("sale 31")).toMatchObject({ Amount: "1031", Currency: "JPY", Fees: "" });
    expect(amounts.get("sale 32")).toMatchObject({ Amount: "1.032", Currency: "BHD" });
  });

  test("has what the filter finds, sorted as asked, with the columns asked for and no others", async () => {
    const filter = { amount: { currency: "EUR", minimumMinor: "1050", maximumMinor: "1060" } };
    const order = { field: "AMOUNT", direction: "ASC" };
    const columns = ["AMOUNT", "STATUS_ORIGIN"];
    const { made, bytes } = await desk.made("ann", { filter, order, columns });
    const { header, rows, facts } = readExportCsv(bytes);
    expect(header).toEqual(["Amount", "Status origin"]);
    expect(rows.map((row) => row["Amount"])).toEqual(["10.51", "10.54", "10.57", "10.60"]);
    expect(facts.get("Filter")).toBe('amount: {"currency":"EUR","maximumMinor":"1060","minimumMinor":"1050"}');
    expect(facts.get("Order")).toBe("AMOUNT ASC");
    expect(facts.get("Columns")).toBe("Amount, Status origin");
    expect(facts.get("Made by")).toBe("Name of ann (ann)");
    expect(JSON.parse(String(made["filter"]))).toEqual(filter);
  });

  test("says of each status whether a person decided it", async () => {
    const columns = ["TRANSACTION_NUMBER", "STATUS_ORIGIN", "EVER_MANUAL"];
    const { bytes } = await desk.made("ann", { columns, filter: { statusOrigin: "MANUAL" } });
    const row = { "Transaction number": "by hand", "Status origin": "manual", "Ever manual": "yes" };
    expect(readExportCsv(bytes).rows).toEqual([row]);
  });

  test("covers the merchants of who asked, or those of them that the filter names", async () => {
    const both = await desk.made("ann", { columns: ["MERCHANT_ID"] });
    expect(new Set(readExportCsv(both.bytes).rows.map((row) => row["Merchant id"]))).toEqual(
      new Set(["mer_a", "mer_b"]),
    );
    const one = await desk.made("ann", { columns: ["MERCHANT_ID"], filter: { merchants: ["mer_b", "mer_c"] } });
    expect(one.made["merchantIds"]).toEqual(["mer_b"]);
    expect(new Set(readExportCsv(one.bytes).rows.map((row) => row["Merchant id"]))).toEqual(new Set(["mer_b"]));
    const none = await desk.create("ann", { filter: { merchants: ["mer_c"] } });
    const unknown = await desk.create("ann", { filter: { merchants: ["mer_nobody"] } });
    expect(none).toEqual(unknown);
    expect(none["__typename"]).toBe("ExportRefused");
  });

  test("is one for one key, however often it is asked for, and another request under it is refused", async () => {
    const first = await desk.create("vic", { idempotencyKey: "same" });
    const again = await desk.create("vic", { idempotencyKey: "same" });
    expect(again["id"]).toBe(first["id"]);
    const other = await desk.create("vic", { idempotencyKey: "same", locale: "NL" });
    expect(other["message"]).toContain("send a new key");
    const [counted] = await desk.graph.sql(
      "select count(*)::int as n from transactions.export where requested_by = 'vic'",
    );
    expect(counted?.["n"]).toBe(1);
  });

  test.each([
    [{ columns: [] }, "`columns` is empty"],
    [{ columns: ["DATE", "DATE"] }, "names one twice"],
    [{ idempotencyKey: "a b" }, "visible ASCII"],
    [{ filter: { search: "4111 1111 1111 1111" } }, "card number"],
  ])("is refused in words for %j", async (input, words) => {
    expect((await desk.create("ann", input))["message"]).toContain(words);
  });

  test("needs the right to take data away", async () => {
    const { errors } = await desk.ask("mac", "{ exports { edges { node { id } } } }");
    expect(JSON.stringify(errors)).toContain("FORBIDDEN");
  });

  test("is kept under the hash of its bytes, and nothing else is", async () => {
    const { made, bytes } = await desk.made("ann", {});
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(made["sha256"]).toBe(sha256);
    expect(made["sizeBytes"]).toBe(`${bytes.length}`);
    const files = await desk.files();
    expect(files).toContain(sha256);
    expect(files.every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
  });

  test("is in the audit of each merchant that it covers, asked for and written", async () => {
    const { made } = await desk.made("ann", {});
    const entries = await desk.graph.sql(
      "select merchant_id, action from delivery.audit_entry where object_id = $1 order by merchant_id, position",
      [made["id"]],
    );
    expect(entries.map((entry) => `${entry["merchant_id"]} ${entry["action"]}`)).toEqual([
      "mer_a export.create",
      "mer_a export.write",
      "mer_a export.download",
      "mer_b export.create",
      "mer_b export.write",
      "mer_b export.download",
    ]);
  });

  test("is in the list of who asked for it and in nobody else's, the latest first", async () => {
    const { made } = await desk.made("vic", {});
    const list = async (user: string) => {
      const { edges } = (await desk.field(user, "{ exports(first: 100) { edges { node { id } } } }")) as EdgesData;
      return edges.map(({ node }) => node.id);
    };
    expect((await list("vic"))[0]).toBe(made["id"]);
    expect(await list("ann")).not.toContain(made["id"]);
    expect(await list("cem")).toEqual([]);
    expect(await desk.field("ann", "query ($id: ID!) { export(id: $id) { id } }", { id: made["id"] })).toBeNull();
  });
});

type TotalsData = Readonly<Record<"gross" | "refunded" | "chargedBack", { amountMinor: string }>> & {
  readonly currency: string;
  readonly count: string;
};
type EdgesData = Data & { readonly edges: readonly { readonly node: { readonly id: string } }[] };

/** Of rows of one type that were paid, in minor units, from the decimals in the file. */
function sumOf(rows: readonly Readonly<Record<string, string>>[], column: string, type: string): string {
  const paid = rows.filter((row) => row["Type"] === type && row["Status"] === "success");
  return `${paid.reduce((sum, row) => sum + BigInt((row[column] ?? "").replace(".", "")), 0n)}`;
}
