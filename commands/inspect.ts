import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { type ControlTotal, type FileTotals, holds, type SettlementAdapter } from "../adapters/adapter.ts";
import { adapterFor } from "../adapters/registry.ts";
import { addTotals } from "../subgraphs/reconciliation/import/read-rows.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { formatDecimal } from "../subgraphs/shared/money.ts";
import type { EventKind } from "../subgraphs/shared/vocabulary.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";

/** What a file holds, without a database. Amounts are minor units; fees are negative to the merchant. */
export type Inspection = {
  readonly file: string;
  readonly adapter: string;
  readonly provider: string;
  readonly rows: number;
  readonly events: Readonly<Partial<Record<EventKind, number>>>;
  readonly skipped: number;
  readonly rejected: readonly { readonly line: number; readonly problem: string }[];
  readonly totals: FileTotals;
  readonly controlTotals: readonly (ControlTotal & { readonly holds: boolean })[];
  /** The provider accounts and terminals that the rows name. */
  readonly accounts: readonly { readonly provider: string; readonly account: string }[];
};

export const command: Command = {
  summary: "Read a settlement file and say what it holds, without a database",
  usage: "concord inspect FILE [--json]",
  run: async (context) => {
    const [path, surplus] = context.positionals;
    if (path === undefined || surplus !== undefined)
      throw new UsageError("inspect takes one file\nusage: concord inspect FILE [--json]");
    try {
      const inspection = await inspectFile(path);
      context.report(inspection);
      describe(context, inspection);
      return inspection.rejected.length === 0 && inspection.controlTotals.every(holds) ? 0 : 1;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      context.report({ file: basename(path), error: { code: error.code, message: error.message } });
      context.say(`${error.code}: ${error.message}`);
      return 1;
    }
  },
};

/** Reads a file as an import would. @throws AppError NO_ADAPTER, FILE_REJECTED */
export async function inspectFile(path: string): Promise<Inspection> {
  const adapter = adapterFor(await readHead(path));
  const events: Partial<Record<EventKind, number>> = {};
  const rejected: { line: number; problem: string }[] = [];
  const totals: FileTotals = {};
  const controlTotals: ControlTotal[] = [];
  const accounts = new Map<string, { provider: string; account: string }>();
  let rows = 0;
  let skipped = 0;
  for await (const readings of readAs(adapter, path)) {
    for (const reading of readings) {
      if (reading.kind === "control") {
        controlTotals.push(reading.total);
        continue;
      }
      if (reading.kind === "drift") continue;
      rows++;
      if (reading.kind === "skipped") skipped++;
      else if (reading.kind === "rejected") rejected.push({ line: reading.line, problem: reading.problem });
      else if (reading.kind === "event") {
        const { kind, provider, account } = reading.event;
        events[kind] = (events[kind] ?? 0) + 1;
        addTotals(totals, reading.event);
        if (account !== undefined) accounts.set(`${provider}\n${account}`, { provider, account });
      }
    }
  }
  return {
    file: basename(path),
    adapter: adapter.name,
    provider: adapter.provider,
    rows,
    events,
    skipped,
    rejected,
    totals,
    controlTotals: controlTotals.map((total) => ({ ...total, holds: holds(total) })),
    accounts: [...accounts.values()],
  };
}

function readAs(adapter: SettlementAdapter, path: string) {
  return adapter.read(createReadStream(path, { highWaterMark: 256 * 1024 }));
}

async function readHead(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw new UsageError(`cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead).toString("latin1");
  } finally {
    await file.close();
  }
}

function describe({ say }: CommandContext, inspection: Inspection): void {
  const { file, adapter, provider, rows, events, skipped, rejected, totals, controlTotals } = inspection;
  say(`${file}: ${provider}, read by ${adapter}`);
  say(
    `  ${rows} rows: ${
      Object.entries(events)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(", ") || "no events"
    }`,
  );
  if (skipped > 0) say(`  ${skipped} skipped on purpose`);
  for (const { line, problem } of rejected.slice(0, 20)) say(`  line ${line}: ${problem}`);
  if (rejected.length > 20) say(`  … and ${rejected.length - 20} more rejected rows (--json lists all)`);
  for (const [currency, { gross, fee, net }] of Object.entries(totals)) {
    const text = (amountMinor: bigint) => formatDecimal({ amountMinor, currency });
    say(`  ${currency}: gross ${text(gross)}, fees ${text(fee)}, net ${text(net)}`);
  }
  for (const total of controlTotals) {
    say(
      `  ${total.holds ? "holds" : "DOES NOT HOLD"}: ${total.name} (expected ${total.expected}, found ${total.actual})`,
    );
  }
}
