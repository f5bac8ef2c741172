import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { holds, type Reading } from "../../adapters/adapter.ts";
import { adapter } from "../../adapters/providers/bancontact-pro.ts";
import { bytesOf, FIXTURES, readAll, toGolden } from "./fixtures.ts";

const FIXTURE = new URL("bancontact-pro/reconciliation.json", FIXTURES);
const PAYOUT = "7b0000000000000000000001";

async function changed(from: string, to: string): Promise<Buffer> {
  const text = await readFile(FIXTURE, "utf8");
  expect(text).toContain(from);
  return Buffer.from(text.replace(from, to));
}

test("a payout is its payments less its refunds: the lines of its batch net to zero", async () => {
  const { rows } = await readAll(adapter, FIXTURE);
  const lines = rows.flatMap((row) => (row.kind === "event" && row.event.booking?.batch === PAYOUT ? [row.event] : []));
  expect(lines.map(({ kind, booking }) => [kind, booking!.net.amountMinor])).toEqual([
    ["PAYOUT", -3825n],
    ["SALE", 1250n],
    ["SALE", 1825n],
    ["SALE", 1250n],
    ["REFUND", -500n],
  ]);
  expect(lines.reduce((sum, { booking }) => sum + booking!.net.amountMinor, 0n)).toBe(0n);
});

test("a payment that went missing, or whose amount was changed, is seen against its payout", async () => {
  const { totals } = await readAll(adapter, bytesOf(await changed('"amount": 1825', '"amount": 1824')));
  expect(totals.filter((total) => !holds(total))).toEqual([
    { name: `payments of payout ${PAYOUT}`, currency: "EUR", expected: 4325n, actual: 4324n },
  ]);
});

test("a payout that is not its payments less its refunds is refused, since nobody names the deduction", async () => {
  const { rows } = await readAll(adapter, bytesOf(await changed('"payoutAmount": 3825', '"payoutAmount": 3800')));
  expect(rows[0]).toMatchObject({ problem: "payments less refunds are 38.25 EUR, the payout is 38.00" });
});

test("an amount that is no whole number of cents is refused", async () => {
  const { rows } = await readAll(adapter, bytesOf(await changed('"amount": 1825', '"amount": 18.25')));
  expect(rows.filter(({ kind }) => kind === "rejected")).toMatchObject([{ problem: "amount: write whole cents" }]);
});

test("a payout of a status nobody mapped is refused and told", async () => {
  const read: Reading[] = [];
  for await (const chunk of adapter.read(bytesOf(await changed('"PAID"', '"TELEPORTED"')))) read.push(...chunk);
  expect(read.slice(0, 2)).toMatchObject([
    { kind: "drift", drift: { name: "payout status", value: "TELEPORTED" } },
    { kind: "rejected" },
  ]);
});

test("a refund says which payment it goes back to and that it was made", async () => {
  const { rows } = await readAll(adapter, FIXTURE);
  expect(rows.at(-1)).toMatchObject({
    event: {
      reference: "8c0000000000000000000001",
      originalReference: "6a0000000000000000000002",
      outcome: { status: "SUCCESS" },
    },
  });
});

test("what a customer wrote does not get past the adapter", async () => {
  const text = await changed('"currency": "EUR"', '"currency": "EURO"');
  expect(text.toString()).toContain("J. Doe");
  expect(toGolden(await readAll(adapter, bytesOf(text)))).not.toContain("J. Doe");
});
