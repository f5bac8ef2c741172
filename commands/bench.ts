import { type Command, UsageError } from "./command.ts";
import { measureQuality, type Quality } from "./measure-quality.ts";

const USAGE = "concord bench quality [--seeds 1,2,3] [--transactions N] [--json]";

/** The first seed trades in a plain month, the others over the change to winter time and to summer time. */
const STARTS = ["2026-11-02", "2026-10-12", "2026-03-16"] as const;

export const command: Command = {
  summary: "Score automatic matching on simulated trade with faults, beside two usual matchers",
  usage: USAGE,
  options: { seeds: { type: "string" }, transactions: { type: "string" } },
  run: async ({ positionals, options, say, progress, report }) => {
    if (positionals.join(" ") !== "quality") throw new UsageError(`bench measures quality\nusage: ${USAGE}`);
    const seeds = wholeNumbers("seeds", options.seeds ?? "1,2,3");
    const [transactions = 0] = wholeNumbers("transactions", options.transactions ?? "100000");
    const results: Quality[] = [];
    for (const [index, seed] of seeds.entries()) {
      results.push(await measureQuality({ seed, from: STARTS[index % STARTS.length]!, transactions, progress }));
    }
    progress("");
    report(results);
    for (const quality of results) for (const line of tableOf(quality)) say(line);
    return 0;
  },
};

function wholeNumbers(name: string, text: string | boolean): number[] {
  if (typeof text === "string" && /^\d{1,7}(,\d{1,7})*$/.test(text)) return text.split(",").map(Number);
  throw new UsageError(`--${name} must be whole numbers\nusage: ${USAGE}`);
}

function* tableOf(quality: Quality): Generator<string> {
  const { seed, from, lines, reported, ours, byStage, greedyFirstFit, amountAndThreeDays } = quality;
  yield `seed ${seed}, from ${from}: ${lines} settled sales, ${reported} reported`;
  yield row(["", "precision", "recall", "F1", "by amount", "right", "wrong", "wrong > 100"]);
  const rows = { ours, ...byStage, "greedy first fit": greedyFirstFit, "amount + 3 days": amountAndThreeDays };
  for (const [name, { precision, recall, f1, amountWeightedPrecision, decided }] of Object.entries(rows)) {
    const isStage = Object.hasOwn(byStage, name);
    const shares = [precision, ...(isStage ? ["", ""] : [recall, f1]), amountWeightedPrecision];
    yield row([isStage ? `  ${name}` : name, ...shares, decided.right, decided.wrong, decided.wrongAboveEur100]);
  }
  yield `left to a person: ${notes(quality.leftAmbiguous)}; without a word: ${notes(quality.missed)}`;
}

function row(cells: readonly (string | number)[]): string {
  return cells
    .map((cell, index) => (index === 0 ? String(cell).padEnd(18) : String(cell).padStart(11)))
    .join(" ")
    .trimEnd();
}

function notes(tally: Readonly<Record<string, number>>): string {
  const parts = Object.entries(tally).map(([note, count]) => `${count} ${note}`);
  return parts.length > 0 ? parts.join(", ") : "none";
}
