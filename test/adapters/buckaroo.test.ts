import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Reading } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/providers/buckaroo.ts";
import { bytesOf, FIXTURES, readAll, toGolden } from "./fixtures.ts";

const FIXTURE = new URL("buckaroo/transactions.csv", FIXTURES);

async function readings(from: string, to: string): Promise<Reading[]> {
  const text = await readFile(FIXTURE, "utf8");
  expect(text).toContain(from);
  const read: Reading[] = [];
  for await (const chunk of adapter.read(bytesOf(text.replace(from, to)))) read.push(...chunk);
  return read;
}

test("each status code says what became of the payment, and none books money", async () => {
  const { rows } = await readAll(adapter, FIXTURE);
  const events = rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
  expect(
    events.slice(0, 12).map(({ rawStatus, outcome }) => `${rawStatus} ${outcome?.status} ${outcome?.certainty}`),
  ).toEqual([
    "payment 190 SUCCESS DEFINITIVE",
    "payment 490 FAILED DEFINITIVE",
    "payment 491 FAILED DEFINITIVE",
    "payment 492 FAILED INDETERMINATE",
    "payment 690 REFUSED DEFINITIVE",
    "payment 790 PROCESSING INDETERMINATE",
    "payment 791 PROCESSING INDETERMINATE",
    "payment 792 PROCESSING INDETERMINATE",
    "payment 793 MANUAL_INTERVENTION INDETERMINATE",
    "payment 794 PROCESSING INDETERMINATE",
    "payment 890 CANCELLED DEFINITIVE",
    "payment 891 CANCELLED DEFINITIVE",
  ]);
  expect(events.filter(({ booking }) => booking)).toEqual([]);
  expect(events[2]?.amount).toEqual({ amountMinor: 125_000n, currency: "EUR" });
});

test("a code nobody mapped is refused and told, never taken for paid", async () => {
  const read = await readings(";793;", ";199;");
  expect(read.filter(({ kind }) => kind === "drift" || kind === "rejected")).toMatchObject([
    { kind: "drift", drift: { name: "status code", value: "199", line: 10 } },
    { kind: "rejected", line: 10 },
  ]);
});

test("a refund with its money under debit contradicts itself", async () => {
  const rejected = (await readings("EUR;;2,50;", "EUR;2,50;;")).filter(({ kind }) => kind === "rejected");
  expect(rejected).toMatchObject([{ problem: "a refund has 2,50 in the column of the other direction" }]);
});

test("what goes back says what it goes back to", async () => {
  const { rows } = await readAll(adapter, FIXTURE);
  const back = rows.flatMap((row) => (row.kind === "event" && row.event.originalReference ? [row.event] : []));
  expect(back.map(({ kind, amount, outcome }) => [kind, amount?.amountMinor, outcome?.status])).toEqual([
    ["REFUND", 250n, "SUCCESS"],
    ["CHARGEBACK", 1253n, "SUCCESS"],
    ["CHARGEBACK_REVERSAL", 1253n, "SUCCESS"],
  ]);
});

test("consumers do not get past the adapter", async () => {
  expect(toGolden(await readings(";190;", ";199;"))).not.toMatch(/N\. Other|order 0/);
});
