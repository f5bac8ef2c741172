import { basename } from "node:path";
import { describeTotal, holds } from "../adapters/adapter.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { formatDecimal } from "../subgraphs/shared/money.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { type Inspection, inspectFile } from "./inspect-file.ts";
import { inspectFolder, tableOf } from "./inspect-folder.ts";

const USAGE = "concord inspect FILE [--json] | concord inspect FOLDER --summary [--json]";

export const command: Command = {
  summary: "Read a settlement file, or all of a folder, and say what it holds, without a database",
  usage: USAGE,
  options: { summary: { type: "boolean" } },
  run: async (context) => {
    const [path, surplus] = context.positionals;
    if (path === undefined || surplus !== undefined)
      throw new UsageError(`inspect takes one file, or one folder with --summary\nusage: ${USAGE}`);
    if (context.options.summary === true) return summarise(context, path);
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

/** Looks through a whole folder: which formats, how many rows of each, and what is wrong. */
async function summarise({ say, progress, report }: CommandContext, folder: string): Promise<0 | 1> {
  const summaries = await inspectFolder(folder, progress).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall === undefined) throw error;
    throw new UsageError(`cannot read the folder "${folder}": ${error.message}`);
  });
  report({ folder, summaries });
  for (const line of tableOf(summaries)) say(line);
  for (const { folder: inside, adapter, reasons, refusedFiles } of summaries) {
    for (const { reason, rows } of reasons) say(`${inside} ${adapter}: ${rows} rows rejected: ${reason}`);
    for (const { file, problem } of refusedFiles) say(`${inside} ${file}: refused: ${problem}`);
  }
  return summaries.every(({ rejected, refusedFiles }) => rejected === 0 && refusedFiles.length === 0) ? 0 : 1;
}

function describe({ say }: CommandContext, inspection: Inspection): void {
  const { file, adapter, provider, rows, events, bankEntries, skipped, rejected, totals, controlTotals, drift } =
    inspection;
  const kinds = Object.entries(events).map(([kind, count]) => `${count} ${kind}`);
  if (bankEntries > 0) kinds.push(`${bankEntries} bank entries`);
  say(`${file}: ${provider}, read by ${adapter}`);
  say(`  ${rows} rows: ${kinds.join(", ") || "no events"}`);
  if (skipped > 0) say(`  ${skipped} skipped on purpose`);
  for (const { line, problem } of rejected.slice(0, 20)) say(`  line ${line}: ${problem}`);
  if (rejected.length > 20) say(`  … and ${rejected.length - 20} more rejected rows (--json lists all)`);
  for (const { what, name, value, count, firstLine } of drift) {
    const word = value === undefined ? `"${name}"` : `"${value}" in ${name}`;
    say(`  new in this format: ${DRIFT_WORDS[what]} ${word}, ${count} times, first on line ${firstLine}`);
  }
  for (const [currency, { gross, fee, net }] of Object.entries(totals)) {
    const text = (amountMinor: bigint) => formatDecimal({ amountMinor, currency });
    say(`  ${currency}: gross ${text(gross)}, fees ${text(fee)}, net ${text(net)}`);
  }
  for (const total of controlTotals) {
    say(`  ${total.holds ? "holds" : "DOES NOT HOLD"}: ${describeTotal(total)}`);
  }
}

const DRIFT_WORDS = { UNKNOWN_COLUMN: "the column", UNKNOWN_RECORD: "the record", UNKNOWN_VALUE: "the word" };
