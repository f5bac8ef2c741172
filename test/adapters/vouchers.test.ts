import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type Drift, holds, type Row, type SettlementAdapter } from "../../adapters/adapter.ts";
import { adapter as monizze } from "../../adapters/providers/monizze.ts";
import { adapter as pluxee } from "../../adapters/providers/pluxee.ts";
import { type MonizzeFacts, monizzeFee, monizzeStatement } from "../../simulator/writers/monizze.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const PLUXEE = new URL("pluxee/PLX-2001_2026-45.csv", FIXTURES);
const MONIZZE = new URL("monizze/MNZ-2026-11-A.json", FIXTURES);

const eventsOf = (rows: readonly Row[]) => rows.flatMap((row) => (row.kind === "event" ? [row.event] : []));
const eventOf = (rows: readonly Row[], reference: string) =>
  eventsOf(rows).find((event) => event.reference === reference);

async function driftOf(adapter: SettlementAdapter, file: URL): Promise<readonly Drift[]> {
  const found: Drift[] = [];
  for await (const readings of adapter.read(createReadStream(file))) {
    for (const reading of readings) if (reading.kind === "drift") found.push(reading.drift);
  }
  return found;
}

/** Σ net of the lines of each payout, and what its own row says left for the bank. */
function payoutsOf(rows: readonly Row[]) {
  const payouts = new Map<string, { lines: bigint; paid: bigint }>();
  for (const { kind, booking } of eventsOf(rows)) {
    if (!booking) continue;
    const payout = payouts.get(booking.batch) ?? { lines: 0n, paid: 0n };
    payouts.set(booking.batch, payout);
    if (kind === "PAYOUT") payout.paid -= booking.net.amountMinor;
    else payout.lines += booking.net.amountMinor;
  }
  return payouts;
}

test("what Pluxee pays is the sum of its rows, but for one that was kept aside", async () => {
  const { rows, totals } = await readAll(pluxee, PLUXEE);
  expect(totals.filter((total) => !holds(total))).toEqual([]);
  expect([...payoutsOf(rows)]).toEqual([
    ["PLX-2026-45-1", { lines: 5955n, paid: 5955n }],
    ["PLX-2026-45-2", { lines: 120146n - 289n, paid: 120146n }],
  ]);
  expect(rows.flatMap((row) => (row.kind === "rejected" ? [row.problem] : []))).toEqual([
    'the status "Bevroren/Gelé" is not known; add it to the adapter',
    expect.stringContaining("clocks in Europe/Brussels skipped it"),
  ]);
});

test("every pass is its purse, and one that we do not know is still a voucher", async () => {
  const { rows } = await readAll(pluxee, PLUXEE);
  const purses = eventsOf(rows).flatMap(({ voucher, booking }) => (voucher && booking ? [voucher.purse] : []));
  expect(purses).toEqual([
    ...["MEAL", "ECO", "GIFT", "SPORT_CULTURE", "CONSUMPTION", "MEAL", "BOOK", "TRANSPORT", "UNKNOWN"],
  ]);
  expect(await driftOf(pluxee, PLUXEE)).toEqual([
    { what: "UNKNOWN_VALUE", name: "product", value: "PET", line: 14 },
    { what: "UNKNOWN_VALUE", name: "status", value: "Bevroren/Gelé", line: 15 },
  ]);
});

test("a pass cut to its balance shows what was asked, what was paid, and the ticket that a card paid the rest of", async () => {
  expect(eventOf((await readAll(pluxee, PLUXEE)).rows, "P200003")).toMatchObject({
    amount: { amountMinor: 2500n },
    voucher: { issuer: "PLUXEE", purse: "GIFT", requestedAmount: { amountMinor: 4000n } },
    payment: { ticket: "90120001-000105", method: "gift_voucher" },
    booking: { gross: { amountMinor: 2500n }, fees: { commission: -75n, tax: -16n }, net: { amountMinor: 2409n } },
  });
  expect(eventOf((await readAll(monizze, MONIZZE)).rows, "MNZ100005")).toMatchObject({
    amount: { amountMinor: 800n },
    voucher: { issuer: "MONIZZE", purse: "MEAL", requestedAmount: { amountMinor: 1210n } },
    payment: { ticket: "90120001-000105" },
  });
});

test.each([
  ["P200007", "REFUSED", "DEFINITIVE"],
  ["P200008", "CANCELLED", "DEFINITIVE"],
  ["P200009", "FAILED", "INDETERMINATE"],
  ["P200010", "PROCESSING", "INDETERMINATE"],
  ["P200006", "SUCCESS", "DEFINITIVE"],
])("Pluxee's %s ends up %s, %s", async (reference, status, certainty) => {
  const event = eventOf((await readAll(pluxee, PLUXEE)).rows, reference);
  expect(event).toMatchObject({ outcome: { status, certainty } });
  expect(event?.kind).toBe(reference === "P200006" ? "REFUND" : "SALE");
});

test("a voucher on a payout has no outcome of its own, and waits to be claimed", async () => {
  for (const [adapter, file, reference] of [
    [pluxee, PLUXEE, "P200001"] as const,
    [monizze, MONIZZE, "MNZ100001"] as const,
  ]) {
    const event = eventOf((await readAll(adapter, file)).rows, reference);
    expect(event?.outcome).toBeUndefined();
    expect(event?.booking?.payoutReference).toBeDefined();
  }
});

test("a clock time that exists twice is marked so", async () => {
  expect(eventOf((await readAll(pluxee, PLUXEE)).rows, "P200010")?.occurredAt.ambiguous).toBe(true);
  expect(eventOf((await readAll(monizze, MONIZZE)).rows, "MNZ100009")?.occurredAt.ambiguous).toBe(true);
});

test.each<[string, (text: string) => string, RegExp]>([
  ["a row that was changed", (text) => text.replace(";8,25;0,25;0,05;7,95;", ";9,25;0,25;0,05;8,95;"), /^gross of/],
  ["a row that is missing", (text) => text.replace(/^03-11-2026;12:11:05.*\r\n/m, ""), /^rows of/],
  ["a refusal that is missing", (text) => text.replace(/^03-11-2026;12:17:05.*\r\n/m, ""), /^rows$/],
])("a Pluxee statement with %s does not foot", async (_, change, name) => {
  const text = await readFile(PLUXEE, "latin1");
  const { totals } = await readAll(pluxee, bytesOf(Buffer.from(change(text), "latin1")));
  expect(change(text)).not.toBe(text);
  expect(totals.filter((total) => !holds(total))[0]?.name).toMatch(name);
});

test.each<[string, (text: string) => string, RegExp]>([
  ["a header in one language", (text) => text.replace("Netto/Net", "Netto"), /the column "Netto\/Net" is missing/],
  ["a payout that is not summed", (text) => text.replace(/^06-11.*\r\n/m, ""), /has no row Totaal\/Total/],
  ["rows after its end", (text) => `${text}${text.split("\r\n")[1]}\r\n`, /stands after the end/],
  ["no end", (text) => text.replace(/^;.*\r\n/m, ""), /Einde\/Fin is missing/],
])("a Pluxee statement with %s is refused", async (_, change, message) => {
  const text = change(await readFile(PLUXEE, "latin1"));
  await expect(readAll(pluxee, bytesOf(Buffer.from(text, "latin1")))).rejects.toThrow(message);
});

test("a Pluxee row whose three parts do not make its net is kept aside with all four", async () => {
  const text = (await readFile(PLUXEE, "latin1")).replace(";8,25;0,25;0,05;7,95;", ";8,25;0,25;0,06;7,95;");
  const { rows } = await readAll(pluxee, bytesOf(Buffer.from(text, "latin1")));
  expect(rows[0]).toMatchObject({ problem: "gross 8.25, commission -0.25 and VAT -0.06 do not make net 7.95 EUR" });
});

test("Monizze's fee is one percent of a meal and 45 thousandths at least, 2.75 percent of the rest", () => {
  const fees = [monizzeFee("emv", 773n), monizzeFee("emv", 250n), monizzeFee("emv", 450n), monizzeFee("eco", 1999n)];
  expect(fees).toEqual([77n, 45n, 45n, 550n]);
});

test("a Monizze payout is rounded once, and is the sum of its lines with what rounding made of them", async () => {
  const { rows, totals } = await readAll(monizze, MONIZZE);
  expect(totals.filter((total) => !holds(total))).toEqual([]);
  expect([...payoutsOf(rows)]).toEqual([
    ["MNZ-P-1", { lines: 5130n, paid: 5130n }],
    ["MNZ-P-2", { lines: 4931n - 296n, paid: 4931n }],
  ]);
  expect(eventsOf(rows).filter(({ kind }) => kind === "ROUNDING")).toMatchObject([
    { identity: "rounding|MNZ-P-1", booking: { gross: { amountMinor: 0n }, net: { amountMinor: 2n } } },
  ]);
});

test("a hundred vouchers of 45 thousandths cost 4.50 and not 5.00", async () => {
  const facts = Array.from({ length: 100 }, (_, index): MonizzeFacts => {
    const place = { purse: "emv", id: `M${index}`, time: "2026-11-02 12:00:00", terminal: "90120001" };
    return { ...place, amountMinor: 300n, feeThousandths: 45n, state: "ok", payout: "P" };
  });
  const period = { statement: "S", merchant: "M-1", from: "2026-11-02", to: "2026-11-02" };
  const transfers = [{ reference: "P", valueDate: "2026-11-04", iban: "BE68539007547034" }];
  const { rows, totals } = await readAll(monizze, bytesOf(monizzeStatement(period, facts, transfers)));
  expect(totals.every(holds)).toBe(true);
  expect([...payoutsOf(rows)]).toEqual([["P", { lines: 30_000n - 450n, paid: 30_000n - 450n }]]);
  expect(eventsOf(rows).find(({ kind }) => kind === "ROUNDING")).toMatchObject({
    booking: { fees: { commission: 50n } },
  });
});

test("Monizze's purses, fields and states that we do not know are told; only a state keeps its voucher aside", async () => {
  const drift = await driftOf(monizze, MONIZZE);
  expect(drift.map(({ what, name, value }) => [what, name, value])).toEqual([
    ["UNKNOWN_COLUMN", "loyaltyPoints", undefined],
    ["UNKNOWN_VALUE", "state", "held"],
    ["UNKNOWN_VALUE", "purse", "pets"],
  ]);
  const { rows } = await readAll(monizze, MONIZZE);
  expect(eventOf(rows, "MNZ100013")).toMatchObject({ voucher: { purse: "UNKNOWN" }, booking: { batch: "MNZ-P-1" } });
  expect(rows.filter(({ kind }) => kind === "rejected")).toHaveLength(2);
});

test("a list that a statement did not have before is kept aside, since it may carry money", async () => {
  const text = (await readFile(MONIZZE, "utf8")).replace('"payouts"', '"corrections": [{"amount": "5.00"}], "payouts"');
  const { rows } = await readAll(monizze, bytesOf(text));
  const found = rows.filter((row) => row.kind === "rejected").map(({ problem }) => problem);
  expect(found).toContain('the section "corrections" is not known; add it to the adapter');
});

test.each<[string, (text: string) => string, RegExp]>([
  ["vouchers before its header", (text) => text.replace(/^ "merchantNumber".*\n/m, ""), /stands before statementId/],
  [
    "a payout less",
    (text) => text.replace('"payoutRef": "MNZ-P-1",\n   "valueDate"', '"payoutRef": "X",\n   "valueDate"'),
    /"MNZ-P-1", which is no payout/,
  ],
  [
    "a payout twice",
    (text) => text.replace('"payoutRef": "MNZ-P-2",\n   "valueDate"', '"payoutRef": "MNZ-P-1",\n   "valueDate"'),
    /stands twice/,
  ],
])("a Monizze statement with %s is refused", async (_, change, message) => {
  await expect(readAll(monizze, bytesOf(change(await readFile(MONIZZE, "utf8"))))).rejects.toThrow(message);
});

test("a Monizze statement on one line reads the same, row by row", async () => {
  const text = await readFile(MONIZZE, "utf8");
  const dense = await readAll(monizze, bytesOf(JSON.stringify(JSON.parse(text))));
  const wide = await readAll(monizze, bytesOf(text));
  const shown = ({ rows }: typeof wide) => rows.map((row) => [row.line, row.kind, row.kind === "event" && row.event]);
  expect(shown(dense)).toEqual(shown(wide));
});
