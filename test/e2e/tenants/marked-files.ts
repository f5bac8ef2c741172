import { ccvEnd } from "../../../simulator/writers/ccv-pay.ts";
import { lineAdapter } from "../../support/line-adapter.ts";
import { adyenReport, edenredFile, type JournalEntry, terminalJournal } from "../../support/settlement-files.ts";
import { type MerchantNumber, markOf } from "./marks.ts";

/** What a merchant is called where its providers know it. */
export function namesOf(number: MerchantNumber) {
  const mark = markOf(number);
  return {
    tid: `${91_000_000 + number}`,
    adyen: `Shop${mark}`,
    edenred: `${7_100_000 + number}`,
    ccvPay: `l_${mark}`,
    bank: `BE68${mark}5390`,
  };
}

/** Which sales a provider knows: as many at each merchant, under references that carry its mark. */
const CARDS = 110;
const SETTLED = 100;
const VOUCHERS = 24;
const ONLINE = 30;

/** In minor units; its remainder of three is the merchant's. */
const amountOf = (number: MerchantNumber, index: number) => 1_002 + 3 * index + (number % 3);
const code = (index: number) => `${index}`.padStart(4, "0");
const twoDigits = (number: number) => `${number}`.padStart(2, "0");
const clock = (index: number) => `${twoDigits(8 + Math.floor(index / 60))}:${twoDigits(index % 60)}`;

/** The files of one merchant, in the order in which they come. */
export function filesOf(number: MerchantNumber): readonly { readonly name: string; readonly content: string }[] {
  const mark = markOf(number);
  return [
    { name: `journal-${mark}.ndjson`, content: journal(number) },
    { name: `report-${mark}.csv`, content: report(number) },
    { name: `gap-${mark}.csv`, content: laterReport(number) },
    { name: `vouchers-${mark}.csv`, content: reimbursement(number) },
    { name: `online-${mark}.ndjson`, content: online(number) },
    { name: `bank-${mark}.txt`, content: statement(number) },
    { name: `unknown-${mark}.txt`, content: `nobody reads this ${mark}\n` },
  ];
}

/** A statement of a bank of the tests' own: no bank writes an account that could carry a mark. */
export const markedBank = lineAdapter(
  "markedbank",
  (raw, line) => {
    const { amount, ...entry } = JSON.parse(raw) as { account: string; statement: string; amount: string };
    const money = { amountMinor: BigInt(amount), currency: "EUR" };
    const usual = { bookingDate: "2026-11-10", reversal: false, code: "NTRF", remittance: "" };
    return [{ kind: "bank", line, raw, entry: { ...usual, ...entry, amount: money } }];
  },
  { provider: "bank" },
);

function journal(number: MerchantNumber): string {
  const { tid, adyen, edenred } = namesOf(number);
  const mark = markOf(number);
  const cards = Array.from({ length: CARDS }, (_, index): JournalEntry => {
    return {
      amount: amountOf(number, index),
      account: adyen,
      time: `2026-11-02 ${clock(index)}:00`,
      pspReference: `${mark}PSP${code(index)}`,
      authCode: `${number}${code(index)}A`,
      merchantReference: `order ${mark} ${code(index)}`,
      // Every tenth was paid with a voucher as well.
      ticket: `T${mark}${code(Math.floor(index / 10))}`,
      maskedPan: "541333XXXXXX0001",
      ...(index === CARDS - 1 && { status: "manual_intervention" }),
    };
  });
  const vouchers = Array.from({ length: VOUCHERS }, (_, index): JournalEntry => {
    return {
      amount: amountOf(number, 500 + index),
      circuit: "EDRD",
      account: edenred,
      time: `2026-11-02 ${clock(index)}:30`,
      pspReference: `${mark}E${code(index)}`,
      merchantReference: `lunch ${mark} ${code(index)}`,
      product: "01",
      ticket: `T${mark}${code(index)}`,
    };
  });
  return terminalJournal(tid, [...cards, ...vouchers]);
}

/** Settles most card sales, one by another amount; some lines are of sales that nobody has told of. */
function report(number: MerchantNumber): string {
  const mark = markOf(number);
  const settled = Array.from({ length: SETTLED }, (_, index) => {
    const unknown = index >= SETTLED - 8;
    return {
      psp: unknown ? `${mark}XXX${code(index)}` : `${mark}PSP${code(index)}`,
      gross: amountOf(number, unknown ? 9_000 + index : index) + (index === 5 ? 60 : 0),
      fee: 12,
      merchantReference: `order ${mark} ${code(index)}`,
      created: `2026-11-02 ${clock(index)}:00`,
    };
  });
  return adyenReport(namesOf(number).adyen, settled, { batch: "7" });
}

/** Batch 8 is missing. */
function laterReport(number: MerchantNumber): string {
  const psp = `${markOf(number)}LAT`;
  const lines = [0, 1, 2].map((index) => ({ psp: `${psp}${index}`, gross: amountOf(number, 700 + index), fee: 9 }));
  return adyenReport(namesOf(number).adyen, lines, { batch: "9" });
}

function reimbursement(number: MerchantNumber): string {
  const lines = Array.from({ length: VOUCHERS }, (_, index) => {
    return { transaction: `${markOf(number)}E${code(index)}`, amount: amountOf(number, 500 + index), commission: 17 };
  });
  return edenredFile(namesOf(number).edenred, lines, `EDR-${markOf(number)}`);
}

function online(number: MerchantNumber): string {
  const mark = markOf(number);
  const rows = Array.from({ length: ONLINE }, (_, index) => {
    const at = 1_793_605_500_000 + index * 60_000;
    // The last amount cannot be read.
    const amount = index === ONLINE - 1 ? `1x ${mark}` : (amountOf(number, 800 + index) / 100).toFixed(2);
    const what = { type: "sale", status: index === 0 ? "manualintervention" : "success", amount, currency: "eur" };
    const how = { method: "card", brand: "visa", created: at, lastUpdate: at + 1_000, account: namesOf(number).ccvPay };
    return JSON.stringify({ reference: `C${mark}${code(index)}.G`, ...what, ...how });
  });
  return `${[...rows, ccvEnd(rows.length)].join("\n")}\n`;
}

function statement(number: MerchantNumber): string {
  const mark = markOf(number);
  const account = namesOf(number).bank;
  const entries = [12_345, 4_500].map((amount, index) => ({
    account,
    statement: `S-${mark}`,
    amount: `${amount + (number % 3)}`,
    identity: `bank ${mark} ${index}`,
    remittance: `TX7XT batch 7, Shop${mark}`,
    endToEndId: `E2E-${mark}-${index}`,
  }));
  return `# markedbank\n${entries.map((entry) => JSON.stringify(entry)).join("\n")}\n`;
}
