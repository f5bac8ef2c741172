import { AppError } from "../../subgraphs/shared/errors.ts";
import { currencyOf, type Money } from "../../subgraphs/shared/money.ts";
import type { Reading } from "../adapter.ts";
import { elementAt, textAt, type XmlElement } from "../readers/xml-element.ts";
import { amountOf, closing, negated, numbered } from "./entries.ts";

/** Balances that a statement can open and close with, the best first: booked, the last one booked, of the page. */
const OPENINGS = ["OPBD", "PRCD", "ITBD"];
const CLOSINGS = ["CLBD", "ITBD"];

/** One `Stmt`, `Ntfctn` or `Rpt` as it is read: who it is about, and the sums of what it books. */
export class CamtStatement {
  id = "";
  account = "";
  /** The day that its booked closing balance is of. */
  #closedOn: string | undefined;
  readonly #balances: { readonly type: string; readonly amount: Money }[] = [];
  /** Booked, by currency. */
  readonly #booked = new Map<string, bigint>();
  readonly #listed = { credits: 0n, creditSum: 0n, debits: 0n, debitSum: 0n };
  readonly #currencies = new Set<string>();

  addBalance(element: XmlElement): void {
    const type = textAt(element, "Tp/CdOrPrtry/Cd") ?? textAt(element, "Tp/Cd") ?? "";
    this.#balances.push({ type, amount: signedAmount(element) });
    const day = (textAt(element, "Dt/Dt") ?? textAt(element, "Dt/DtTm"))?.slice(0, 10);
    if (CLOSINGS.includes(type) && day !== undefined && /^\d{4}-\d\d-\d\d$/.test(day)) this.#closedOn = day;
  }

  /** Every entry counts in the summary, a booked one in the balance too. */
  add({ amountMinor, currency }: Money, isBooked: boolean): void {
    this.#currencies.add(currency);
    if (amountMinor < 0n) {
      this.#listed.debits += 1n;
      this.#listed.debitSum -= amountMinor;
    } else {
      this.#listed.credits += 1n;
      this.#listed.creditSum += amountMinor;
    }
    if (isBooked) this.#booked.set(currency, (this.#booked.get(currency) ?? 0n) + amountMinor);
  }

  get name(): string {
    return this.id || `of ${this.account}`;
  }

  /**
   * What can be checked at the end. A statement of an account has its booked balances, or says none at all; one of the
   * two without the other, or in another currency, throws FILE_REJECTED, since its sum is then anyone's guess.
   */
  totals(end: XmlElement): readonly Reading[] {
    return [...this.#numbers(end), ...this.#closings(), ...this.#summary(end)];
  }

  /** Only a statement that closes is one of a series; what a notification is numbered by is another. */
  #numbers(end: XmlElement): readonly Reading[] {
    const text = textAt(end, "ElctrncSeqNb") ?? textAt(end, "LglSeqNb");
    if (text === undefined || this.#closedOn === undefined) return [];
    return numbered(text, { account: this.account, date: this.#closedOn });
  }

  #closings(): readonly Reading[] {
    const booked = this.#balances.filter(isBooked);
    // One page's running balance checks nothing by itself.
    if (booked.length === 1 && booked[0]?.type === "ITBD") return [];
    const currencies = new Set(booked.map(({ amount }) => amount.currency));
    return [...currencies].map((currency) => {
      const ofCurrency = this.#balances.filter(({ amount }) => amount.currency === currency);
      const opening = first(OPENINGS, ofCurrency);
      const last = first(CLOSINGS, [...ofCurrency].reverse());
      if (!opening || !last) {
        const missing = opening ? "closing" : "opening";
        const message = `statement ${this.name} has no booked ${missing} balance in ${currency}, so that it cannot be checked`;
        throw new AppError("FILE_REJECTED", `${message}; ask the bank for it again`);
      }
      return closing(this.name, { opening, booked: this.#booked.get(currency) ?? 0n, closing: last });
    });
  }

  /** `TxsSummry`: how many entries there are and their sums, in no currency; checked where there is only one. */
  #summary(end: XmlElement): readonly Reading[] {
    const { credits, creditSum, debits, debitSum } = this.#listed;
    const [currency, other] = this.#currencies;
    const counted = (path: string, name: string, actual: bigint): Reading[] => {
      const text = textAt(end, `TxsSummry/${path}`);
      if (text === undefined) return [];
      if (!/^\d{1,15}$/.test(text)) throw notASum(text);
      return [{ kind: "control", total: { name: `${name} of ${this.name}`, expected: BigInt(text), actual } }];
    };
    const summed = (path: string, name: string, actual: bigint): Reading[] => {
      const text = textAt(end, `TxsSummry/${path}`);
      if (text === undefined || currency === undefined || other !== undefined) return [];
      const expected = ofSummary(text, currency);
      return [{ kind: "control", total: { name: `${name} of ${this.name}`, currency, expected, actual } }];
    };
    return [
      ...counted("TtlNtries/NbOfNtries", "entries", credits + debits),
      ...counted("TtlCdtNtries/NbOfNtries", "credits", credits),
      ...summed("TtlCdtNtries/Sum", "sum of credits", creditSum),
      ...counted("TtlDbtNtries/NbOfNtries", "debits", debits),
      ...summed("TtlDbtNtries/Sum", "sum of debits", debitSum),
    ];
  }
}

/** `Amt` with its currency, negative where `CdtDbtInd` says debit. Throws INVALID_AMOUNT, INVALID_INPUT. */
export function signedAmount(element: XmlElement): Money {
  const amount = elementAt(element, "Amt");
  const indicator = textAt(element, "CdtDbtInd");
  if (!amount) throw new AppError("INVALID_INPUT", "it has no amount");
  if (indicator !== "CRDT" && indicator !== "DBIT") {
    throw new AppError("INVALID_INPUT", `"${indicator?.slice(0, 20) ?? ""}" is neither CRDT nor DBIT`);
  }
  const currency = currencyOf(amount.attributes["Ccy"] ?? "");
  return negated(amountOf(amount.text.trim(), currency), indicator === "DBIT");
}

/** IBAN, or the bank's own number. Throws FILE_REJECTED. */
export function accountOf(element: XmlElement): string {
  const id =
    textAt(element, "Id/IBAN") ??
    textAt(element, "Id/Othr/Id") ??
    textAt(element, "Id/BBAN") ??
    textAt(element, "Id/PrtryAcct/Id");
  if (id === undefined) throw new AppError("FILE_REJECTED", "a statement names no account; ask the bank for it again");
  return id.replaceAll(/\s/g, "");
}

/** The summary leads with the currency's decimals or none of them. */
function ofSummary(text: string, currency: string): bigint {
  try {
    return amountOf(text, currency).amountMinor;
  } catch {
    throw notASum(text);
  }
}

function notASum(text: string): AppError {
  return new AppError("FILE_REJECTED", `the summary says "${text.slice(0, 40)}" where a sum or a number must stand`);
}

function isBooked({ type }: { readonly type: string }): boolean {
  return OPENINGS.includes(type) || CLOSINGS.includes(type);
}

function first(types: readonly string[], balances: readonly { readonly type: string; readonly amount: Money }[]) {
  for (const wanted of types) {
    const found = balances.find(({ type }) => type === wanted);
    if (found) return found.amount;
  }
  return undefined;
}
