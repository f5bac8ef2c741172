import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isRow } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/skeleton/provider.ts";
import { bytesOf, readAll } from "./fixtures.ts";

const SAMPLE = readFileSync(new URL("../../adapters/skeleton/sample.csv", import.meta.url), "utf8");

test("gross and fee make the net of every line, and the nets make the total", async () => {
  const { rows, totals } = await readAll(adapter, bytesOf(SAMPLE));
  const booked = rows.flatMap((row) => (row.kind === "event" && row.event.booking ? [row.event.booking] : []));
  for (const { gross, fees, net } of booked) {
    expect(gross.amountMinor + (fees.commission ?? 0n)).toBe(net.amountMinor);
  }
  expect(totals.map(({ name, expected, actual }) => [name, expected, actual])).toEqual([
    ["lines", 6n, 6n],
    ["net", 960n, 960n],
  ]);
});

test("each type is what the provider means by it", async () => {
  const { rows } = await readAll(adapter, bytesOf(SAMPLE));
  expect(rows.map((row) => (row.kind === "event" ? row.event.kind : row.kind))).toEqual([
    "SALE",
    "SALE",
    "REFUND",
    "FEE",
    "rejected",
    "rejected",
  ]);
});

test("a type that is not known rejects its line, and is told as drift", async () => {
  const readings = [];
  for await (const chunk of adapter.read(bytesOf(SAMPLE))) readings.push(...chunk);
  expect(readings.filter(({ kind }) => kind === "drift")).toEqual([
    { kind: "drift", drift: { what: "UNKNOWN_VALUE", name: "type", value: "rebate", line: 7 } },
  ]);
  const last = readings.filter(isRow).at(-1);
  expect(last).toMatchObject({ kind: "rejected", problem: 'the type "rebate" is not known; add it to the adapter' });
});

test("a file that lost a line does not foot", async () => {
  const { totals } = await readAll(adapter, bytesOf(SAMPLE.replace(/^A-1;fee.*\n/m, "")));
  expect(totals).toMatchObject([
    { name: "lines", actual: 5n },
    { name: "net", expected: 960n, actual: 1060n },
  ]);
});
