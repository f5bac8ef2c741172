import { createReadStream } from "node:fs";
import { basename } from "node:path";
import {
  type ControlTotal,
  type FileTotals,
  holds,
  isRow,
  type Reading,
  type Row,
  type SettlementAdapter,
} from "../adapters/adapter.ts";
import { unpacked, unpackedHead } from "../adapters/readers/unpack.ts";
import { adapterFor } from "../adapters/registry.ts";
import { BANK } from "../subgraphs/reconciliation/import/bank-entries.ts";
import type { DriftCount } from "../subgraphs/reconciliation/import/drift-tally.ts";
import { createFileFacts } from "../subgraphs/reconciliation/import/file-facts.ts";
import { addMoney, addTotals } from "../subgraphs/reconciliation/import/file-totals.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import type { EventKind } from "../subgraphs/shared/vocabulary.ts";
import { UsageError } from "./command.ts";

/** What a file holds, without a database. Amounts are minor units; fees are negative to the merchant. */
export type Inspection = {
  readonly file: string;
  readonly adapter: string;
  readonly provider: string;
  readonly rows: number;
  readonly events: Readonly<Partial<Record<EventKind, number>>>;
  readonly bankEntries: number;
  readonly skipped: number;
  readonly rejected: readonly { readonly line: number; readonly problem: string }[];
  readonly totals: FileTotals;
  readonly controlTotals: readonly (ControlTotal & { readonly holds: boolean })[];
  /** What its format did not have when the adapter was written; at most fifty kinds. */
  readonly drift: readonly DriftCount[];
  /** The provider accounts and terminals that the rows name. */
  readonly accounts: readonly { readonly provider: string; readonly account: string }[];
};

/** Reads a file as an import would. @throws AppError NO_ADAPTER, FILE_REJECTED */
export async function inspectFile(path: string): Promise<Inspection> {
  const adapter = adapterFor(await readHead(path));
  const found = createFindings();
  for await (const readings of readAs(adapter, path)) readings.forEach(found.add);
  return { file: basename(path), adapter: adapter.name, provider: adapter.provider, ...found.all() };
}

function createFindings() {
  const events: Partial<Record<EventKind, number>> = {};
  const rejected: { line: number; problem: string }[] = [];
  const totals: FileTotals = {};
  const facts = createFileFacts();
  const accounts = new Map<string, { provider: string; account: string }>();
  const counts = { rows: 0, bankEntries: 0, skipped: 0 };
  const name = (provider: string, account: string) => accounts.set(`${provider}\n${account}`, { provider, account });
  const addRow = (row: Row) => {
    counts.rows++;
    if (row.kind === "skipped") counts.skipped++;
    else if (row.kind === "rejected") rejected.push({ line: row.line, problem: row.problem });
    else if (row.kind === "bank") {
      counts.bankEntries++;
      addMoney(totals, { gross: row.entry.amount, net: row.entry.amount });
      name(BANK, row.entry.account);
    } else {
      const { kind, provider, account } = row.event;
      events[kind] = (events[kind] ?? 0) + 1;
      addTotals(totals, row.event);
      if (account !== undefined) name(provider, account);
    }
  };
  return {
    add: (reading: Reading): void => {
      if (isRow(reading)) addRow(reading);
      else facts.add(reading);
    },
    all: () => {
      const { controlTotals, drift } = facts.all();
      return {
        ...counts,
        events,
        rejected,
        totals,
        controlTotals: controlTotals.map((total) => ({ ...total, holds: holds(total) })),
        drift: drift.kinds,
        accounts: [...accounts.values()],
      };
    },
  };
}

function readAs(adapter: SettlementAdapter, path: string) {
  return adapter.read(unpacked(createReadStream(path, { highWaterMark: 256 * 1024 })));
}

async function readHead(path: string): Promise<string> {
  try {
    return await unpackedHead(createReadStream(path));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new UsageError(`cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`);
  }
}
