import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { openFileStorage } from "../../subgraphs/shared/file-storage.ts";
import { foldAllHours } from "../../subgraphs/shared/rollups/fold-hours.ts";
import { runExport } from "../../subgraphs/transactions/exports/run-export.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { readExportCsv } from "../subgraphs/exports/read-csv.ts";
import { at, type Graph, type Row } from "../subgraphs/support/graph.ts";

/** What a list, its export and its analysis all tell, by currency; minor units. */
export type Figures = Readonly<Record<string, { count: bigint; gross: bigint; refunded: bigint; chargedBack: bigint }>>;

export type Told = {
  readonly currency: string;
  readonly count: string;
  readonly gross: { readonly amountMinor: string };
  readonly refunded: { readonly amountMinor: string };
  readonly chargedBack: { readonly amountMinor: string };
};

export const TOLD = "currency count gross { amountMinor } refunded { amountMinor } chargedBack { amountMinor }";

/** Of `totals`, wherever they are from. A currency of nothing at all is the same as none. */
export function figuresOf(totals: readonly Told[]): Figures {
  return Object.fromEntries(
    totals
      .filter(({ count }) => count !== "0")
      .map(({ currency, count, gross, refunded, chargedBack }) => [
        currency,
        {
          count: BigInt(count),
          gross: BigInt(gross.amountMinor),
          refunded: BigInt(refunded.amountMinor),
          chargedBack: BigInt(chargedBack.amountMinor),
        },
      ]),
  );
}

/** A row as a page or a file shows it. */
export type Shown = {
  readonly currency: string;
  readonly type: string;
  readonly status: string;
  readonly amount: bigint;
  readonly captured: bigint;
};

/** The same, added up of the rows that were shown. */
export function sumOf(rows: readonly Shown[]): Figures {
  const paid = new Set(["SUCCESS", "REFUNDED", "CHARGEBACK"]);
  return Object.fromEntries(
    [...new Set(rows.map(({ currency }) => currency))].map((currency) => {
      const own = rows.filter((row) => row.currency === currency);
      const sum = (type: string, of: (row: Shown) => bigint) =>
        own.reduce((total, row) => total + (row.type === type && paid.has(row.status) ? of(row) : 0n), 0n);
      const amount = (row: Shown) => row.amount;
      return [
        currency,
        {
          count: BigInt(own.length),
          gross: sum("SALE", ({ captured }) => captured),
          refunded: sum("REFUND", amount),
          chargedBack: sum("CHARGEBACK", amount) - sum("CHARGEBACK_REVERSAL", amount),
        },
      ];
    }),
  );
}

/** Asks for an export, writes it as the worker does, and reads it; and has hours summed as the worker does. */
export type Desk = {
  readonly exported: (
    filter: Row,
    order: Row,
  ) => Promise<{ readonly ids: readonly string[]; readonly rows: readonly Shown[]; readonly totals: Figures }>;
  readonly fold: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function openDesk(graph: Graph): Promise<Desk> {
  const database = await openDatabase(
    { url: graph.url },
    { role: "worker", maxConnections: 3, onError: () => undefined },
  );
  const folder = await mkdtemp(join(tmpdir(), "concord-exports-"));
  const storage = openFileStorage(folder);
  const services = { database, storage, log: graph.services.log };
  let keys = 0;
  return {
    exported: async (filter, order) => {
      const input = { filter, order, columns: COLUMNS, idempotencyKey: `key-${++keys}`, ...HOW };
      const created = await graph.ask("ann", subgraph, CREATE, { input });
      const id = at(created, "data", "createExport", "id");
      const [held] = await graph.sql<{ merchant_id: string }>(HOLDER, [id]);
      if (typeof id !== "string" || !held) throw new Error(JSON.stringify(created));
      await runExport(services, held.merchant_id, id);
      const told = await graph.ask("ann", subgraph, EXPORT, { id });
      const sha256 = String(at(told, "data", "export", "sha256"));
      const { rows } = readExportCsv(await buffer(storage.read(sha256)));
      return {
        ids: rows.map((row) => row["Transaction id"] ?? ""),
        rows: rows.map((row) => ({
          currency: row["Currency"] ?? "",
          type: (row["Type"] ?? "").toUpperCase(),
          status: (row["Status"] ?? "").toUpperCase(),
          amount: minorOf(row["Amount"]),
          captured: minorOf(row["Captured"]),
        })),
        totals: figuresOf(at(told, "data", "export", "totals") as Told[]),
      };
    },
    fold: async () => {
      await foldAllHours(database);
    },
    close: async () => {
      await database.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const COLUMNS = ["TRANSACTION_ID", "CURRENCY", "TYPE", "STATUS", "AMOUNT", "CAPTURED"];
const HOW = { format: "CSV", locale: "EN", zone: "Europe/Brussels", bom: false };
const CREATE = `mutation ($input: CreateExportInput!) { createExport(input: $input) {
  ... on Export { id } ... on ExportRefused { message } } }`;
const HOLDER = "select merchant_id from transactions.export where id = $1";
const EXPORT = `query ($id: ID!) { export(id: $id) { sha256 totals { ${TOLD} } } }`;

/** All currencies here have two decimals. */
const minorOf = (text = "0") => BigInt(text.replace(".", "") || "0");
