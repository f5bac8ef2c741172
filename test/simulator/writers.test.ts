import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { holds, type SettlementAdapter } from "../../adapters/adapter.ts";
import { adapter as adyen } from "../../adapters/providers/adyen-settlement-detail.ts";
import { adapter as ccvPay } from "../../adapters/providers/ccv-pay.ts";
import { adapter as journal } from "../../adapters/providers/ccv-terminal-journal.ts";
import { adapter as edenred } from "../../adapters/providers/edenred.ts";
import { writeAdyenVolume } from "../../simulator/adyen-volume.ts";
import { ADYEN_HEADER, type AdyenFacts, adyenLine } from "../../simulator/writers/adyen-settlement-detail.ts";
import { ccvEnd, ccvLine } from "../../simulator/writers/ccv-pay.ts";
import { addEdenred, edenredHeader, edenredLine, edenredTrailer } from "../../simulator/writers/edenred.ts";
import {
  addJournal,
  type JournalFacts,
  journalEnd,
  journalHeader,
  journalLine,
} from "../../simulator/writers/terminal-journal.ts";
import { bytesOf, readAll } from "../adapters/fixtures.ts";
import { LONG, MOST_ROWS, RUNS } from "./written-rows.ts";

const cents = fc.bigInt(1n, 10n ** 9n);
const fee = fc.bigInt(-10_000n, 10_000n);
const reference = fc.string({ unit: fc.constantFrom("A", "7", ",", '"', " x"), minLength: 1, maxLength: 12 });
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom("0", "9", "A"), minLength: length, maxLength: length });
const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom("0", "4", "9"), minLength: length, maxLength: length });
const time = fc.integer({ min: 0, max: 86_399 }).map((second) => new Date(Date.UTC(2026, 10, 2, 0, 0, second)));
const local = (at: Date) => at.toISOString().slice(0, 19).replace("T", " ");
/** Belgium is an hour ahead of UTC in November. */
const instant = (at: Date) => new Date(at.getTime() - 3_600_000);

async function eventsOf(adapter: SettlementAdapter, written: readonly string[], end = "\n") {
  const text = written.map((line) => line + end).join("");
  expect(adapter.accepts(Buffer.from(text).subarray(0, 4096).toString("latin1"))).toBe(true);
  const { rows, totals } = await readAll(adapter, bytesOf(text));
  return { rows, totals, events: rows.flatMap((row) => (row.kind === "event" ? [row.event] : [])) };
}

test("what is written as an Adyen row is what is read", LONG, async () => {
  const row = fc.record({
    gross: cents,
    commission: fee,
    markup: fee,
    merchantReference: reference,
    arn: digits(23),
    at: time,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, MOST_ROWS), async (rows) => {
      const facts = rows.map(({ gross, commission, markup, merchantReference, arn, at }, index): AdyenFacts => {
        const [created, booked] = [local(at), "2026-11-06 06:00:00"];
        const netMinor = gross + commission + markup;
        const fees = { commission, markup };
        return {
          account: "A",
          batch: "1",
          type: "Settled",
          created,
          booked,
          psp: `P${index}`,
          merchantReference,
          arn,
          grossMinor: gross,
          netMinor,
          fees,
        };
      });
      const { events, totals } = await eventsOf(adyen, [ADYEN_HEADER, ...facts.map(adyenLine)]);
      expect(events).toMatchObject(
        facts.map(({ psp, arn, merchantReference, grossMinor, netMinor, fees }, index) => ({
          kind: "SALE",
          reference: psp,
          occurredAt: { at: instant(rows[index]!.at) },
          booking: { gross: { amountMinor: grossMinor }, net: { amountMinor: netMinor }, fees },
          payment: { arn, merchantReference },
        })),
      );
      expect(totals[0]?.actual).toBe(facts.reduce((sum, { netMinor }) => sum + netMinor, 0n));
    }),
    RUNS,
  );
});

test("what is written as a CCV transaction is what is read", LONG, async () => {
  const row = fc.record({ amountMinor: cents, merchantOrderReference: reference, at: time, isPaid: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(row, MOST_ROWS), async (rows) => {
      const written = rows.map(({ amountMinor, merchantOrderReference, at, isPaid }, index) => {
        const [created, account] = [at.getTime(), "l_1"];
        const payout = isPaid ? { payout: { reference: "PAY-1", date: created } } : {};
        const facts = { reference: `C${index}`, type: "sale", status: "success", method: "ideal" } as const;
        return ccvLine({
          ...facts,
          ...payout,
          merchantOrderReference,
          amountMinor,
          created,
          lastUpdate: created,
          account,
        });
      });
      const { events, totals } = await eventsOf(ccvPay, [...written, ccvEnd(rows.length)]);
      expect(events).toMatchObject(
        rows.map(({ amountMinor, merchantOrderReference, at }, index) => ({
          reference: `C${index}`,
          amount: { amountMinor, currency: "EUR" },
          occurredAt: { at },
          payment: { merchantReference: merchantOrderReference },
        })),
      );
      expect(events.map(({ booking }) => booking?.net.amountMinor)).toEqual(
        rows.map(({ amountMinor, isPaid }) => (isPaid ? amountMinor : undefined)),
      );
      expect(totals.every(holds)).toBe(true);
    }),
    RUNS,
  );
});

test("what is written as an Edenred line is what is read", LONG, async () => {
  const row = fc.record({
    approvedMinor: cents,
    commissionMinor: cents,
    authCode: hex(6),
    at: time,
    isRefund: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, MOST_ROWS), async (rows) => {
      const totals = { count: 0, grossMinor: 0n, commissionMinor: 0n, netMinor: 0n };
      const written = rows.map(({ approvedMinor, commissionMinor, authCode, at, isRefund }, index) => {
        const facts = {
          ...{
            transaction: `70${index}`,
            terminal: "90120001",
            time: local(at),
            product: "ECO",
            authCode,
            commissionMinor,
          },
          ...{
            approvedMinor,
            requestedMinor: approvedMinor + 1n,
            maskedPan: "534123XXXXXX4321",
            response: "00",
            payout: "E-1",
          },
          sign: isRefund ? ("D" as const) : ("C" as const),
          netMinor: (isRefund ? -approvedMinor : approvedMinor) - commissionMinor,
        };
        addEdenred(totals, facts);
        return edenredLine(index + 1, "7012345", facts);
      });
      const period = { affiliate: "7012345", from: "2026-11-02", to: "2026-11-08", generated: "2026-11-10" };
      const file = [`\ufeff${edenredHeader(period)}`, ...written, edenredTrailer(totals, "E-1")];
      const { events, totals: checks } = await eventsOf(edenred, file, "\r\n");
      expect(events.slice(0, -1)).toMatchObject(
        rows.map(({ approvedMinor, commissionMinor, authCode, at, isRefund }) => ({
          kind: isRefund ? "REFUND" : "SALE",
          occurredAt: { at: instant(at) },
          booking: {
            gross: { amountMinor: isRefund ? -approvedMinor : approvedMinor },
            fees: { commission: -commissionMinor },
          },
          payment: { authorisationCode: authCode, last4: "4321" },
          voucher: { requestedAmount: { amountMinor: approvedMinor + 1n } },
        })),
      );
      expect(events.at(-1)).toMatchObject({ kind: "PAYOUT", booking: { net: { amountMinor: -totals.netMinor } } });
      expect(checks.every(holds)).toBe(true);
    }),
    RUNS,
  );
});

test("what is written as a journal line is what is read", LONG, async () => {
  const row = fc.record({ amountMinor: cents, ticket: reference, stan: digits(6), at: time, isRefund: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(row, MOST_ROWS), async (rows) => {
      const totals = { count: 0, amounts: new Map<string, bigint>() };
      const written = rows.map(({ amountMinor, ticket, stan, at, isRefund }) => {
        const facts: JournalFacts = {
          terminal: "90120001",
          time: local(at),
          circuit: "ADYEN",
          account: "A",
          type: isRefund ? "refund" : "sale",
          status: "processing",
          brand: "visa",
          amountMinor,
          currency: "EUR",
          ticket,
          stan,
        };
        addJournal(totals, facts);
        return journalLine(facts);
      });
      const period = { merchant: "M", from: "2026-11-02", to: "2026-11-08", generatedAt: "2026-11-09T02:00:00+01:00" };
      const { events, totals: checks } = await eventsOf(journal, [
        journalHeader(period),
        ...written,
        journalEnd(totals),
      ]);
      expect(events).toMatchObject(
        rows.map(({ amountMinor, ticket, stan, at, isRefund }) => ({
          kind: isRefund ? "REFUND" : "SALE",
          localReference: `90120001|${stan}|${local(at)}`,
          occurredAt: { at: instant(at) },
          amount: { amountMinor },
          payment: { ticket },
        })),
      );
      expect(checks.every(holds)).toBe(true);
    }),
    RUNS,
  );
});

test("a batch of any size has that many rows, all different, and nets to zero", async () => {
  const folder = await mkdtemp(join(tmpdir(), "concord-volume-"));
  const path = join(folder, "volume.csv");
  writeAdyenVolume(path, 500, { seed: 1 });
  const { rows, totals } = await readAll(adyen, new URL(`file://${path}`));
  const identities = rows.map((row) => (row.kind === "event" ? row.event.identity : undefined));
  expect([rows.length, new Set(identities).size, identities.includes(undefined)]).toEqual([500, 500, false]);
  expect(totals).toEqual([{ name: "batch 900 nets to zero", currency: "EUR", expected: 0n, actual: 0n }]);
  await rm(folder, { recursive: true });
});
