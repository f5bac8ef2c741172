import type { PaymentFacts } from "../../subgraphs/shared/event.ts";
import type { PaymentType } from "../../subgraphs/shared/vocabulary.ts";
import { type Instrument, instrumentBehind } from "../vouchers/behind-acquirer.ts";

/** How the shopper paid, by MultiSafepay's gateway code or name: `MISTERCASH` is Bancontact as it was called. */
export function instrumentOf(gateway: string, facts: PaymentFacts = {}): Instrument {
  const word = gateway.trim().toLowerCase().replaceAll(" ", "_");
  const method = METHODS[word] ?? (word || "unknown");
  const payment = { type: PAYMENT_TYPES[method] ?? ("OTHER" as const), method, acquirer: "multisafepay", ...facts };
  return instrumentBehind(payment, { words: [gateway] });
}

const METHODS: Readonly<Record<string, string>> = {
  mistercash: "bancontact",
  american_express: "amex",
  dirdeb: "sepa_debit",
  directbank: "sofort",
  banktrans: "bank_transfer",
};

const PAYMENT_TYPES: Readonly<Record<string, PaymentType>> = {
  visa: "CARD",
  mastercard: "CARD",
  maestro: "DEBIT_CARD",
  vpay: "DEBIT_CARD",
  amex: "CREDIT_CARD",
  bancontact: "DEBIT_CARD",
  ideal: "BANK_TRANSFER",
  sofort: "BANK_TRANSFER",
  giropay: "BANK_TRANSFER",
  belfius: "BANK_TRANSFER",
  kbc: "BANK_TRANSFER",
  sepa_debit: "BANK_TRANSFER",
  bank_transfer: "BANK_TRANSFER",
  paypal: "WALLET",
  applepay: "WALLET",
  googlepay: "WALLET",
};
