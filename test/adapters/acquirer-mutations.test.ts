import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { holds } from "../../adapters/adapter.ts";
import { adapterFor } from "../../adapters/registry.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { bytesOf, readAll } from "./fixtures.ts";
import { mutated, randomFrom } from "./mutations.ts";
import { statedNets } from "./stated-nets.ts";

const SAMPLES = new URL("../../../shared/samples/", import.meta.url);
const FOLDERS = ["stripe", "mollie", "checkoutcom", "multisafepay", "trustly"];
const MUTATIONS = 5_000;

function accepted(): { readonly path: string; readonly bytes: Buffer }[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, SAMPLES)).map((name) => {
      return {
        path: `${folder}/${name}`,
        bytes: readFileSync(new URL(`${folder}/${encodeURIComponent(name)}`, SAMPLES)),
      };
    }),
  ).filter(({ bytes }) => adapterName(bytes)?.match(/^(?:stripe|mollie|checkout|multisafepay|trustly)/));
}

function adapterName(bytes: Buffer): string | undefined {
  try {
    return adapterFor(bytes.subarray(0, 4096).toString("latin1")).name;
  } catch {
    return undefined;
  }
}

/** What became of a damaged file: refused as a whole, seen not to foot, or read, each row as its own text says. */
async function judge(bytes: Buffer): Promise<string> {
  try {
    const adapter = adapterFor(bytes.subarray(0, 4096).toString("latin1"));
    const { rows, totals } = await readAll(adapter, bytesOf(bytes));
    if (!totals.every(holds)) return "does not foot";
    const stated = statedNets(adapter.name, bytes.toString("utf8"));
    for (const row of rows) {
      if (row.kind !== "event" || !row.event.booking) continue;
      const { gross, fees, net } = row.event.booking;
      const sum = Object.values(fees).reduce((total, fee) => total + fee, gross.amountMinor);
      if (sum !== net.amountMinor) return `line ${row.line} does not add up`;
      if (stated && !stated.has(net.amountMinor))
        return `line ${row.line} books ${net.amountMinor}, which the file says nowhere`;
    }
    return "read";
  } catch (error) {
    return error instanceof AppError ? "refused" : String((error as Error).stack);
  }
}

describe.skipIf(!existsSync(SAMPLES))("damaged acquirers' files (skipped unless ../shared/samples is there)", () => {
  test(`${MUTATIONS} mutations end in no crash and in no amount that the file does not state`, async () => {
    const samples = accepted();
    expect(samples.length).toBeGreaterThan(15);
    const random = randomFrom(20_261_124);
    const verdicts = new Map<string, number>();
    for (let run = 0; run < MUTATIONS; run += 1) {
      const { path, bytes } = samples[run % samples.length]!;
      const damaged = mutated(bytes, random);
      const verdict = await judge(damaged);
      if (!["read", "does not foot", "refused"].includes(verdict)) {
        throw new Error(`mutation ${run} of ${path}: ${verdict}\n${damaged.toString("latin1").slice(0, 2_000)}`);
      }
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    // Each kind of end is met, so that the test could fail in each.
    for (const verdict of ["read", "does not foot", "refused"])
      expect(verdicts.get(verdict), verdict).toBeGreaterThan(50);
  }, 60_000);
});
