import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import { holds, type Row, type SettlementAdapter } from "../../adapters/adapter.ts";
import { adapterFor } from "../../adapters/registry.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Money } from "../../subgraphs/shared/money.ts";
import { bytesOf, readAll, type WholeReading } from "./fixtures.ts";
import { mutated, randomFrom } from "./mutations.ts";
import { statedNets } from "./stated-nets.ts";

/** A file that an adapter reads, and what a whole one says: what damage to it must not change unseen. */
type Sample = {
  readonly path: string;
  readonly adapter: string;
  /** The file, or each of the whole files that a large one consists of: they are damaged in turn. */
  readonly parts: readonly Part[];
};

type Part = {
  readonly bytes: Buffer;
  /** What its own totals hold its rows to; undefined where a fault in an amount shows nowhere. */
  readonly held: HeldSums | undefined;
  /** Whether the plainest reading finds each amount of the whole file: not where one is rounded or in other decimals. */
  readonly isStated: boolean;
};

/**
 * The currencies that have a total, and what the rows come to in them: all of them, and from the first up to each one.
 */
type HeldSums = {
  readonly currencies: ReadonlySet<string>;
  readonly whole: string;
  readonly starts: readonly string[];
};

/** Formats that put whole files one behind the other: one cut between two of them has lost some, and the rest foots. */
const BUNDLES = ["mt940", "amex-epprc"];

/** `made up for`: of several faults one hid the other, as where an amount and a balance changed by the same. */
const VERDICTS = ["refused", "does not foot", "rows set aside", "read", "made up for"] as const;
type Verdict = (typeof VERDICTS)[number];

const SAMPLES = new URL("../../../shared/samples/", import.meta.url);
export const HAS_SAMPLES = existsSync(SAMPLES);

/** Replays the same faults. */
export const MUTATION_SEED = Number(process.env.TEST_SEED ?? 20_261_128);

/** The files of these folders that an adapter accepts, unpacked; of a bundle of whole files, each of them. */
export function samplesIn(folders: readonly string[]): Promise<readonly Sample[]> {
  return samplesOf(
    folders.flatMap((folder) =>
      readdirSync(new URL(`${folder}/`, SAMPLES)).map(
        (name) => new URL(`${folder}/${encodeURIComponent(name)}`, SAMPLES),
      ),
    ),
  );
}

export async function samplesOf(files: readonly URL[]): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (const file of files) {
    const read = readFileSync(file);
    const bytes = read[0] === 0x1f && read[1] === 0x8b ? gunzipSync(read) : read;
    const adapter = adapterOf(bytes);
    if (!adapter) continue;
    const parts = await Promise.all(
      filesIn(bytes).map(async (part) => {
        return { bytes: part, held: await sumsHeldBy(adapter, part), isStated: await isStated(adapter, part) };
      }),
    );
    samples.push({ path: file.pathname, adapter: adapter.name, parts });
  }
  return samples;
}

/** Amex sends dozens of whole files as one; one fault in two hundred kilobytes is found no better than one in five. */
function filesIn(bytes: Buffer): readonly Buffer[] {
  if (bytes.length < LARGE_BYTES || !bytes.subarray(0, 5).equals(Buffer.from("DFHDR"))) return [bytes];
  const text = bytes.toString("latin1");
  return text.split(/^(?=DFHDR)/m).map((part) => Buffer.from(part, "latin1"));
}
const LARGE_BYTES = 100_000;

/**
 * Damages each sample so many times. Fails where a reading ends in a crash, in a row that does not add up or states an
 * amount that the file does not, or in other sums than the whole file's although it foots.
 */
export async function expectNoWrongSums(samples: readonly Sample[], each: number): Promise<void> {
  const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const [at, sample] of samples.entries()) {
    const random = randomFrom(MUTATION_SEED + at);
    const madeUpFor: string[] = [];
    for (let run = 0; run < each; run += 1) {
      const part = sample.parts[run % sample.parts.length]!;
      const damaged = mutated(part.bytes, random);
      const verdict = await judge(sample.adapter, part, damaged);
      const told = () => `mutation ${run} of ${sample.path}: ${verdict}\n${damaged.toString("latin1").slice(0, 4_000)}`;
      if (!isVerdict(verdict)) throw new Error(told());
      if (verdict === "made up for") madeUpFor.push(told());
      verdicts[verdict] += 1;
    }
    // Two faults may hide each other, now and then; an adapter that loses money does it far more often.
    expect(madeUpFor.length, madeUpFor.slice(0, 3).join("\n")).toBeLessThanOrEqual(MOST_MADE_UP_FOR);
  }
  // Each other kind of end is met, so that the test could fail in each.
  for (const verdict of VERDICTS.slice(0, -1)) expect(verdicts[verdict], verdict).toBeGreaterThan(1_000);
}

const MOST_MADE_UP_FOR = 10;

function isVerdict(verdict: string): verdict is Verdict {
  return VERDICTS.some((known) => known === verdict);
}

async function judge(name: string, { held, isStated }: Part, bytes: Buffer): Promise<Verdict | string> {
  try {
    const adapter = adapterFor(headOf(bytes));
    const reading = await readAll(adapter, bytesOf(bytes));
    if (!reading.totals.every(holds)) return "does not foot";
    const wrong = wrongRowOf(reading, isStated ? statedNets(adapter.name, bytes.toString("utf8")) : undefined);
    if (wrong !== undefined) return wrong;
    if (reading.rows.some(({ kind }) => kind === "rejected")) return "rows set aside";
    if (adapter.name !== name || !held) return "read";
    const { currencies, whole, starts } = held;
    const sums = sumsOf(reading, currencies).at(-1) ?? "";
    if (sums === whole || (BUNDLES.includes(adapter.name) && starts.includes(sums))) return "read";
    return "made up for";
  } catch (error) {
    return error instanceof AppError ? "refused" : String((error as Error).stack);
  }
}

function wrongRowOf({ rows }: WholeReading, stated: ReadonlySet<bigint> | undefined): string | undefined {
  for (const row of rows) {
    if (row.kind !== "event" || !row.event.booking) continue;
    const { gross, fees, net } = row.event.booking;
    const sum = Object.values(fees).reduce((total, fee) => total + fee, gross.amountMinor);
    if (sum !== net.amountMinor) return `line ${row.line} does not add up`;
    const isStated = !stated || stated.has(net.amountMinor);
    if (!isStated) return `line ${row.line} books ${net.amountMinor}, which the file says nowhere`;
  }
  return undefined;
}

async function isStated(adapter: SettlementAdapter, bytes: Buffer): Promise<boolean> {
  try {
    const stated = statedNets(adapter.name, bytes.toString("utf8"));
    return wrongRowOf(await readAll(adapter, bytesOf(bytes)), stated) === undefined;
  } catch {
    return false;
  }
}

async function sumsHeldBy(adapter: SettlementAdapter, bytes: Buffer): Promise<HeldSums | undefined> {
  try {
    const reading = await readAll(adapter, bytesOf(bytes));
    const currencies = new Set(reading.totals.flatMap(({ currency }) => currency ?? []));
    const isHeld = currencies.size > 0 && reading.totals.every(holds);
    // A row that was set aside is in no sum, so that a fault that mends it is no fault of the sum.
    if (!isHeld || reading.rows.some(({ kind }) => kind === "rejected")) return undefined;
    const starts = sumsOf(reading, currencies);
    return { currencies, whole: starts.at(-1) ?? "", starts };
  } catch {
    return undefined;
  }
}

/** What rows come to by currency, before the first and up to each. One in which nothing moved is no difference. */
function sumsOf({ rows }: WholeReading, currencies: ReadonlySet<string>): readonly string[] {
  const sums = new Map<string, bigint>();
  const told = () =>
    [...sums]
      .filter(([, sum]) => sum !== 0n)
      .map(([currency, sum]) => `${sum} ${currency}`)
      .sort()
      .join(", ");
  return [
    "",
    ...rows.map(movedBy).flatMap((amount) => {
      if (!amount || !currencies.has(amount.currency)) return [];
      sums.set(amount.currency, (sums.get(amount.currency) ?? 0n) + amount.amountMinor);
      return told();
    }),
  ];
}

function movedBy(row: Row): Money | undefined {
  if (row.kind === "bank") return row.entry.amount;
  return row.kind === "event" ? row.event.booking?.net : undefined;
}

function headOf(bytes: Buffer): string {
  return bytes.subarray(0, 4096).toString("latin1");
}

function adapterOf(bytes: Buffer): SettlementAdapter | undefined {
  try {
    return adapterFor(headOf(bytes));
  } catch {
    return undefined;
  }
}
