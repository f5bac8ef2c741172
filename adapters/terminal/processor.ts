import { AppError } from "../../subgraphs/shared/errors.ts";
import type { PaymentFacts, VoucherFacts } from "../../subgraphs/shared/event.ts";
import { parseAmount } from "../../subgraphs/shared/money.ts";
import type { Family, PaymentType, VoucherIssuer } from "../../subgraphs/shared/vocabulary.ts";
import { cardDigits } from "../readers/card.ts";
import { terminalPurse, voucherPayment } from "../vouchers/purses.ts";
import type { JournalLine } from "./journal-line.ts";

/** Who processed a line: that provider, not the terminal, owns the transaction. */
export type Processor = { readonly family: Family; readonly provider: string; readonly issuer?: VoucherIssuer };

/** @throws AppError INVALID_INPUT for a circuit nobody mapped yet: whose money it is must not be guessed. */
export function processorOf(circuit: string): Processor {
  const processor = PROCESSORS.get(circuit);
  if (processor) return processor;
  if (ACQUIRERS.has(circuit)) return { family: "ACQUIRER", provider: circuit.toLowerCase() };
  throw new AppError("INVALID_INPUT", `the circuit "${circuit.slice(0, 40)}" is not known; add it to the adapter`);
}

export function isKnownCircuit(circuit: string): boolean {
  return PROCESSORS.has(circuit) || ACQUIRERS.has(circuit);
}

/** Circuits of third-party acquirers; each is named as its provider is, in upper case. */
const ACQUIRERS: ReadonlySet<string> = new Set([
  ..."ADYEN AMEX BUCKAROO CHECKOUTCOM CONCARDIS ELAVON EMS MOLLIE MULTISAFEPAY PAYPAL STRIPE VALITOR WORLDLINE".split(
    " ",
  ),
]);

/** PAYF is Payfair, the scheme that Monizze's cards began on. */
const PROCESSORS: ReadonlyMap<string, Processor> = new Map<string, Processor>([
  ["CCV", { family: "CCV_PAY", provider: "ccv-pay" }],
  ["EDRD", { family: "E_VOUCHER", provider: "edenred", issuer: "EDENRED" }],
  ["SODX", { family: "E_VOUCHER", provider: "pluxee", issuer: "PLUXEE" }],
  ["PAYF", { family: "E_VOUCHER", provider: "monizze", issuer: "MONIZZE" }],
]);

export function voucherOf(line: JournalLine, issuer: VoucherIssuer, currency: string): VoucherFacts {
  return {
    issuer,
    purse: terminalPurse(line.product),
    ...(line.requestedAmount !== undefined && { requestedAmount: parseAmount(line.requestedAmount, currency, ".") }),
  };
}

/** Built field by field: this runs for every line of journals with millions of them. */
export function paymentOf(line: JournalLine, voucher: VoucherFacts | undefined): PaymentFacts {
  const payment: MutablePayment = voucher ? voucherPayment(voucher) : cardOf(line.brand.toLowerCase());
  if (line.entryMode) payment.entryMode = line.entryMode;
  if (line.maskedPan !== undefined) Object.assign(payment, cardDigits(line.maskedPan));
  if (line.authCode) payment.authorisationCode = line.authCode;
  if (line.stan) {
    payment.stan = line.stan;
    payment.transactionNumber = line.stan;
  }
  if (line.rrn) payment.rrn = line.rrn;
  if (line.arn) payment.arn = line.arn;
  if (line.merchantReference) payment.merchantReference = line.merchantReference;
  if (line.ticket) payment.ticket = line.ticket;
  return payment;
}

type MutablePayment = { -readonly [Fact in keyof PaymentFacts]: PaymentFacts[Fact] };

function cardOf(brand: string): PaymentFacts {
  const type: PaymentType = DEBIT_BRANDS.has(brand) ? "DEBIT_CARD" : brand === "amex" ? "CREDIT_CARD" : "CARD";
  return { type, method: brand, brand };
}

const DEBIT_BRANDS = new Set(["bancontact", "maestro", "vpay"]);
