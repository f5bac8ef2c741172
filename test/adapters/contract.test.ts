import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { holds, type Row } from "../../adapters/adapter.ts";
import { adapterFor, adapters } from "../../adapters/registry.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { bytesOf, FIXTURES, fixturesOf, readAll, toGolden } from "./fixtures.ts";

test("every adapter has a folder of fixtures and every folder an adapter", async () => {
  expect((await readdir(FIXTURES)).sort()).toEqual(adapters.map(({ name }) => name).sort());
  for (const { name } of adapters) expect(await fixturesOf(name), `fixtures of ${name}`).not.toEqual([]);
});

test("a file no adapter knows is refused with the formats that are known", () => {
  expect(() => adapterFor("Datum;Bedrag\n")).toThrow(/no adapter accepts this file; known formats are .*edenred/);
});

test("a file that two adapters accept is refused with both names", () => {
  const [first, second] = adapters.map((adapter) => ({ ...adapter, accepts: () => true }));
  expect(() => adapterFor("", [first!, second!])).toThrow(`both ${first!.name} and ${second!.name} accept this file`);
});

describe.each(adapters)("$name", (adapter) => {
  test("reads each fixture to its golden file", async () => {
    for (const file of await fixturesOf(adapter.name)) {
      const readings = await readAll(adapter, file);
      await expect(toGolden(readings)).toMatchFileSnapshot(`${fileURLToPath(file)}.golden.json`);
    }
  });

  test("alone accepts its fixtures", async () => {
    for (const file of await fixturesOf(adapter.name)) {
      const head = (await readFile(file)).subarray(0, 4096).toString("latin1");
      expect(adapterFor(head).name).toBe(adapter.name);
    }
  });

  test("yields rows in file order, all totals of which hold", async () => {
    for (const file of await fixturesOf(adapter.name)) {
      const { rows, totals } = await readAll(adapter, file);
      const lines = rows.map(({ line }) => line);
      expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
      expect(totals.filter((total) => !holds(total))).toEqual([]);
    }
  });

  test("books gross and fees that make the net, to the cent", async () => {
    for (const file of await fixturesOf(adapter.name)) {
      for (const row of (await readAll(adapter, file)).rows) {
        if (row.kind !== "event" || !row.event.booking) continue;
        const { gross, fees, net } = row.event.booking;
        const total = Object.values(fees).reduce((sum, fee) => sum + fee, gross.amountMinor);
        expect(total, `line ${row.line}`).toBe(net.amountMinor);
        expect(gross.currency, `line ${row.line}`).toBe(net.currency);
      }
    }
  });

  test("makes an event only of what says an outcome or a booking, with an amount that is no debt", async () => {
    for (const file of await fixturesOf(adapter.name)) {
      for (const row of (await readAll(adapter, file)).rows) {
        if (row.kind !== "event") continue;
        expect(row.event.outcome ?? row.event.booking, `line ${row.line}`).toBeDefined();
        expect(row.event.amount?.amountMinor ?? 0n, `line ${row.line}`).toBeGreaterThanOrEqual(0n);
      }
    }
  });

  test("reads the same however the file is cut into pieces", async () => {
    for (const file of await fixturesOf(adapter.name)) {
      const content = await readFile(file);
      const whole = toGolden(await readAll(adapter, file));
      for (const size of [1, 7, 64]) {
        expect(toGolden(await readAll(adapter, bytesOf(content, size))) === whole, `pieces of ${size}`).toBe(true);
      }
    }
  });

  test("never reads a cut file as a whole one with fewer rows", async () => {
    for (const file of await fixturesOf(adapter.name)) {
      const content = await readFile(file);
      const { rows } = await readAll(adapter, file);
      for (const at of cutsOf(content)) {
        const cut = content.subarray(0, at);
        const verdict = await judge(() => readAll(adapter, bytesOf(cut)), rows, adapter.unmarkedEnd ?? false);
        expect(verdict, `cut at byte ${at} of ${content.length}`).toMatch(
          /^(?:rejected|does not foot|complete|cut between rows)$/,
        );
      }
    }
  });
});

/** Fifty places to cut, the same on each run, and before and after every line end, where a cut shows least. */
function cutsOf(content: Buffer): readonly number[] {
  const lineEnds = [...content.keys()].filter((at) => content[at] === 0x0a).flatMap((at) => [at, at + 1]);
  let state = 12_345;
  const random = Array.from({ length: 50 }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % content.length;
  });
  return [...lineEnds, ...random];
}

async function judge(
  read: () => ReturnType<typeof readAll>,
  whole: readonly Row[],
  unmarkedEnd: boolean,
): Promise<string> {
  try {
    const { rows: all, totals } = await read();
    if (all.length === whole.length) return "complete";
    if (!totals.every(holds)) return "does not foot";
    // Rounding and reserves of a whole file stand on no line of it and have no text.
    const rows = all.filter(({ raw }) => raw !== "");
    const isStart = toGolden(rows.slice(0, -1)) === toGolden(whole.slice(0, rows.length - 1));
    // The last row may be cut in its last cell; it then is refused, or books what the whole one does.
    if (unmarkedEnd && isStart && isSound(rows.at(-1), whole[rows.length - 1])) return "cut between rows";
    return `reads as ${rows.length} of ${whole.length} rows`;
  } catch (error) {
    return error instanceof AppError && error.code === "FILE_REJECTED" ? "rejected" : String(error);
  }
}

function isSound(last: Row | undefined, whole: Row | undefined): boolean {
  if (last?.kind !== "event" || whole?.kind !== "event")
    return last === undefined || last.kind === "rejected" || last.kind === whole?.kind;
  return (
    toGolden([last.event.amount, last.event.outcome, last.event.booking?.net]) ===
    toGolden([whole.event.amount, whole.event.outcome, whole.event.booking?.net])
  );
}
