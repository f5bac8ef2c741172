import type { PaymentFacts } from "../../subgraphs/shared/event.ts";
import { parseAmount } from "../../subgraphs/shared/money.ts";
import type { PaymentType } from "../../subgraphs/shared/vocabulary.ts";
import { cardDigits } from "../readers/card.ts";
import type { CcvTransaction } from "./transaction.ts";

/** How the shopper paid, from a CCV Payment API transaction object. */
export function paymentOf(transaction: CcvTransaction, currency: string): PaymentFacts {
  const { details, method, brand, failureCode, methodTransactionId, merchantOrderReference } = transaction;
  const authorised = details?.authorisedAmount;
  return {
    ...instrumentOf(method, brand),
    ...(transaction.entryMode === "ecom" && { entryMode: "ECOM" as const }),
    ...(authorised !== undefined && { authorisedAmount: parseAmount(authorised, currency, ".") }),
    ...cardDigits(details?.maskedPan),
    ...(merchantOrderReference && { merchantReference: merchantOrderReference }),
    ...(methodTransactionId && { transactionNumber: methodTransactionId }),
    ...(details?.acquirer && { acquirer: details.acquirer }),
    ...(details?.acquirerResponseCode && { responseCode: details.acquirerResponseCode }),
    ...(method && { providerMethod: method }),
    ...(failureCode && { failureCode }),
  };
}

/** `card` and `terminal` say how it was taken; with them only the brand says what was paid with. */
export function instrumentOf(method: string | undefined, brand: string | undefined): PaymentFacts {
  const instrument = (method === "card" || method === "terminal" ? brand : method)?.toLowerCase();
  if (instrument === undefined) return { type: "OTHER" };
  const name = METHODS[instrument] ?? instrument;
  return { type: TYPES[name] ?? "OTHER", method: name, ...(brand && { brand: brand.toLowerCase() }) };
}

const METHODS: Readonly<Record<string, string>> = { bcmc: "bancontact", banktransfer: "bank_transfer" };

const TYPES: Readonly<Record<string, PaymentType>> = {
  bancontact: "DEBIT_CARD",
  maestro: "DEBIT_CARD",
  vpay: "DEBIT_CARD",
  visa: "CARD",
  mastercard: "CARD",
  amex: "CREDIT_CARD",
  ideal: "BANK_TRANSFER",
  sofort: "BANK_TRANSFER",
  giropay: "BANK_TRANSFER",
  bank_transfer: "BANK_TRANSFER",
  paypal: "WALLET",
  payconiq: "WALLET",
  applepay: "WALLET",
  googlepay: "WALLET",
};

/** How CCV says that something was paid, beside the instruments above; and the brands of its cards. */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([
  ...["card", "terminal", "landingpage", "token", "vault", "klarna", "bcmc", "banktransfer"],
  ...["ideal", "sofort", "giropay", "paypal", "payconiq", "applepay", "googlepay"],
]);
export const KNOWN_BRANDS: ReadonlySet<string> = new Set(["visa", "mastercard", "maestro", "bcmc", "amex", "vpay"]);
