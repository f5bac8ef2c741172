import { resolve } from "node:path";
import { simulate } from "../simulator/simulate.ts";
import { type Command, UsageError } from "./command.ts";

const USAGE =
  "concord simulate --seed N --out DIR [--merchant N] [--from YYYY-MM-DD] [--weeks N] [--weeks-per-file N] [--transactions N] [--faults] [--json]";

export const command: Command = {
  summary: "Write a believable merchant's files, with the truth beside them",
  usage: USAGE,
  options: {
    seed: { type: "string" },
    out: { type: "string" },
    merchant: { type: "string" },
    from: { type: "string" },
    weeks: { type: "string" },
    "weeks-per-file": { type: "string" },
    transactions: { type: "string" },
    faults: { type: "boolean" },
  },
  run: async ({ options, say, report }) => {
    const { out, from } = options;
    const seed = wholeNumber("seed", options.seed);
    if (seed === undefined || typeof out !== "string")
      throw new UsageError(`simulate needs --seed and --out\nusage: ${USAGE}`);
    if (typeof from === "string" && !/^\d{4}-\d{2}-\d{2}$/.test(from))
      throw new UsageError(`--from "${from}" is no date`);
    const merchant = wholeNumber("merchant", options.merchant);
    const weeks = wholeNumber("weeks", options.weeks);
    const weeksPerFile = wholeNumber("weeks-per-file", options["weeks-per-file"]);
    const transactions = wholeNumber("transactions", options.transactions);
    const made = simulate({
      seed,
      outDir: resolve(out),
      ...(typeof from === "string" && { from }),
      ...(merchant !== undefined && { merchant }),
      ...(weeks !== undefined && { weeks }),
      ...(weeksPerFile !== undefined && { weeksPerFile }),
      ...(transactions !== undefined && { transactions }),
      faults: options.faults === true,
    });
    report(made);
    say(`wrote ${made.transactions} transactions from ${made.from} to ${made.to} into ${resolve(out)}`);
    return 0;
  },
};

function wholeNumber(name: string, text: string | boolean | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (typeof text !== "string" || !/^\d{1,9}$/.test(text))
    throw new UsageError(`--${name} must be a whole number\nusage: ${USAGE}`);
  return Number(text);
}
