import { holds } from "../../adapters/adapter.ts";
import { adapterFor } from "../../adapters/registry.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { bytesOf, readAll } from "./fixtures.ts";
import { mutated, randomFrom } from "./mutations.ts";
import { statedNets } from "./stated-nets.ts";

export type Sample = { readonly path: string; readonly bytes: Buffer };

/** How the mutations ended: "refused", "does not foot" or "read", each with how often. Throws for any other end. */
export async function judgeMutations(samples: readonly Sample[], count: number, seed: number) {
  const random = randomFrom(seed);
  const verdicts = { refused: 0, "does not foot": 0, read: 0 };
  for (let run = 0; run < count; run += 1) {
    const { path, bytes } = samples[run % samples.length]!;
    const damaged = mutated(bytes, random);
    const verdict = await judge(damaged);
    if (!(verdict in verdicts)) {
      throw new Error(`mutation ${run} of ${path}: ${verdict}\n${damaged.toString("latin1").slice(0, 2_000)}`);
    }
    verdicts[verdict as keyof typeof verdicts] += 1;
  }
  return verdicts;
}

/** What became of a damaged file: refused as a whole, seen not to foot, or read, each row as its own text says. */
async function judge(bytes: Buffer): Promise<string> {
  try {
    const adapter = adapterFor(headOf(bytes));
    const { rows, totals } = await readAll(adapter, bytesOf(bytes));
    if (!totals.every(holds)) return "does not foot";
    const stated = statedNets(adapter.name, bytes.toString("utf8"));
    for (const row of rows) {
      if (row.kind !== "event" || !row.event.booking) continue;
      const { gross, fees, net } = row.event.booking;
      const sum = Object.values(fees).reduce((total, fee) => total + fee, gross.amountMinor);
      if (sum !== net.amountMinor) return `line ${row.line} does not add up`;
      const isStated = !stated || stated.has(net.amountMinor);
      if (!isStated) return `line ${row.line} books ${net.amountMinor}, which the file says nowhere`;
    }
    return "read";
  } catch (error) {
    return error instanceof AppError ? "refused" : String((error as Error).stack);
  }
}

function headOf(bytes: Buffer): string {
  return bytes.subarray(0, 4096).toString("latin1");
}

/** The adapter that accepts a file, by name; undefined where none does. */
export function adapterNameOf(bytes: Buffer): string | undefined {
  try {
    return adapterFor(headOf(bytes)).name;
  } catch {
    return undefined;
  }
}
