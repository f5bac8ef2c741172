import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Outcome, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, type Money, parseAmount } from "../../subgraphs/shared/money.ts";
import { zonedInstant, zoneFor } from "../../subgraphs/shared/time.ts";
import type { Reading, Row, SettlementAdapter } from "../adapter.ts";
import { withoutPersonalData } from "../readers/card.ts";
import { type JsonRecord, readJson } from "../readers/json.ts";
import { ofFile, rowOf } from "../readers/rows.ts";
import { createJournalDrift } from "../terminal/drift.ts";
import { JournalAmount, JournalEnd, JournalHeader, JournalLine } from "../terminal/journal-line.ts";
import { paymentOf, processorOf, voucherOf } from "../terminal/processor.ts";

/**
 * What a merchant's terminals say they took, whoever processed it. The file is modelled: CCV publishes no feed from
 * terminals, so this layout is ours. It is newline-delimited JSON of `JournalHeader`, `JournalLine`s and `JournalEnd`.
 *
 * It is the only file that is not a provider's own: each event belongs to the provider that processed the payment. When
 * the provider's host returned its reference, the line and the provider's own files speak of the same transaction;
 * otherwise terminal, trace number and time keep it together, and settlement lines must find it by its other keys.
 */
export const adapter: SettlementAdapter = { name: "ccv-terminal-journal", provider: "ccv-pay", accepts, read };

/** `unsigned` are currencies with an amount of which nobody can say whether it came or went; their sum cannot be checked. */
type Sums = { count: bigint; readonly amounts: Map<string, bigint>; readonly unsigned: Set<string> };

function accepts(head: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?\s*\{\s*"record"\s*:\s*"journal"/.test(head);
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const sums: Sums = { count: 0n, amounts: new Map(), unsigned: new Set() };
  const driftOf = createJournalDrift();
  let zone: string | undefined;
  let end: JournalEnd | undefined;
  for await (const { records } of readJson(file)) {
    const readings: Reading[] = [];
    for (const record of records) {
      if (end) throw new AppError("FILE_REJECTED", `line ${record.line} stands after the end; send one journal a file`);
      if (zone === undefined) zone = zoneOf(record);
      else if (isEnd(record)) end = checked(JournalEnd.safeParse(record.value), record.line);
      else readings.push(...driftOf(record.value, record.line), readLine(record, zone, sums));
    }
    if (readings.length > 0) yield readings;
  }
  if (!end) throw new AppError("FILE_REJECTED", "the end record is missing; the journal is cut, fetch it again");
  yield controlTotals(end, sums);
}

function zoneOf({ value, line }: JsonRecord): string {
  const header = checked(JournalHeader.safeParse(value), line);
  return ofFile(line, () => zoneFor(header.zone));
}

function isEnd({ value }: JsonRecord): boolean {
  return typeof value === "object" && value !== null && "record" in value && value.record === "end";
}

type Parsed<T> = { success: true; data: T } | { success: false; error: Error };

/** Header and end speak for the whole file, so a fault in them is a fault of the file. */
function checked<T>(parsed: Parsed<T>, line: number): T {
  if (parsed.success) return parsed.data;
  throw new AppError("FILE_REJECTED", `line ${line} is not the record a journal has there; fetch the file again`, {
    cause: parsed.error,
  });
}

function readLine({ line, raw, value }: JsonRecord, zone: string, sums: Sums): Row {
  sums.count += 1n;
  return rowOf({ line, raw: withoutPersonalData(raw) }, () => {
    // Summed before the rest is judged: a line with an unknown word is quarantined alone, and the file still foots.
    const amount = amountOf(JournalAmount.parse(value), sums);
    return eventOf(JournalLine.parse(value), amount, zone);
  });
}

type MutableEvent = { -readonly [Field in keyof ProviderEvent]: ProviderEvent[Field] };

function eventOf(line: JournalLine, amount: Money, zone: string): ProviderEvent {
  const { family, provider, issuer } = processorOf(line.circuit);
  const voucher = issuer && voucherOf(line, issuer, amount.currency);
  const outcome = outcomeOf(line);
  const event: MutableEvent = {
    kind: KINDS[line.type],
    family,
    provider,
    terminal: line.terminal,
    occurredAt: zonedInstant(line.time, zone),
    amount,
    outcome: line.reason ? { ...outcome, reason: line.reason } : outcome,
    payment: paymentOf(line, voucher),
    rawStatus: `${line.type} ${line.status}`,
  };
  if (line.account) event.account = line.account;
  if (voucher) event.voucher = voucher;
  refer(event, line);
  return event;
}

const KINDS = { sale: "SALE", refund: "REFUND", void: "CANCELLATION" } as const;
const SIGNS: ReadonlyMap<string, bigint> = new Map([
  ["sale", 1n],
  ["refund", -1n],
  ["void", -1n],
]);

function amountOf(line: JournalAmount, sums: Sums): Money {
  const currency = currencyOf(line.currency);
  const amount = parseAmount(line.amount, currency, ".");
  const sign = SIGNS.get(line.type);
  if (sign === undefined) sums.unsigned.add(currency);
  else sums.amounts.set(currency, (sums.amounts.get(currency) ?? 0n) + sign * amount.amountMinor);
  if (amount.amountMinor < 0n) throw new AppError("INVALID_AMOUNT", `the amount ${line.amount} is below zero`);
  return amount;
}

/**
 * The processor's reference if its host returned one, else the terminal's own key. Offline payments have neither, and no
 * identity, so that two equal lines stay two purchases.
 */
function refer(event: MutableEvent, line: JournalLine): void {
  const { terminal, pspReference, stan, time, type, status } = line;
  if (type === "void") {
    referToVoided(event, line);
    return;
  }
  const own = stan && `${terminal}|${stan}|${time}`;
  const key = pspReference ?? own;
  if (key) event.identity = `journal|${key}|${type}|${status}`;
  if (pspReference) event.reference = pspReference;
  else if (own) event.localReference = own;
  if (type === "refund" && line.originalReference) event.originalReference = line.originalReference;
}

/** A void is about the sale and has no life of its own; one that went wrong leaves the sale as it was. */
function referToVoided(event: MutableEvent, { terminal, stan, time, originalReference, status }: JournalLine): void {
  if (!originalReference) throw new AppError("INVALID_INPUT", "a void does not say which sale it takes back");
  event.identity = `journal|void|${originalReference}|${terminal}|${stan ?? time}|${status}`;
  event.reference = originalReference;
}

function outcomeOf({ type, status }: JournalLine): Outcome {
  if (type !== "void") return OUTCOMES[status];
  if (status === "success" || status === "processing") return { status: "CANCELLED", certainty: "DEFINITIVE" };
  return { status: "PROCESSING", certainty: "INDETERMINATE" };
}

/** A terminal that lost its link says "failed" of payments the processor may have taken; only a person can tell. */
const OUTCOMES: Readonly<Record<JournalLine["status"], Outcome>> = {
  processing: { status: "PROCESSING", certainty: "INDETERMINATE" },
  success: { status: "SUCCESS", certainty: "DEFINITIVE" },
  failed: { status: "FAILED", certainty: "INDETERMINATE" },
  refused: { status: "REFUSED", certainty: "DEFINITIVE" },
  cancelled: { status: "CANCELLED", certainty: "DEFINITIVE" },
  manual_intervention: { status: "MANUAL_INTERVENTION", certainty: "INDETERMINATE" },
};

function controlTotals(end: JournalEnd, sums: Sums): readonly Reading[] {
  const declared = new Map(end.totals.map(({ currency, amountMinor }) => [currency, BigInt(amountMinor)]));
  const currencies = [...new Set([...declared.keys(), ...sums.amounts.keys()])]
    .filter((currency) => !sums.unsigned.has(currency))
    .sort();
  return [
    { kind: "control", total: { name: "lines", expected: BigInt(end.count), actual: sums.count } },
    ...currencies.map((currency): Reading => {
      const [expected, actual] = [declared, sums.amounts].map((amounts) => amounts.get(currency) ?? 0n);
      return { kind: "control", total: { name: "amounts", currency, expected: expected!, actual: actual! } };
    }),
  ];
}
