import type { PaymentFacts } from "../../subgraphs/shared/event.ts";
import type { PaymentType } from "../../subgraphs/shared/vocabulary.ts";

/** How the shopper paid: for cards the brand is the method and the funding the type, else the method says both. */
export function instrumentOf(methodType: string, cardBrand: string, funding: string): PaymentFacts {
  const method = methodType.toLowerCase();
  const brand = cardBrand.toLowerCase().replaceAll(" ", "_");
  if (brand !== "" && (method === "" || CARD_METHODS.has(method))) {
    return { type: FUNDINGS[funding.toLowerCase()] ?? "CARD", method: BRANDS[brand] ?? brand };
  }
  if (CARD_METHODS.has(method)) return { type: "CARD" };
  return method === "" ? {} : { type: TYPES[method] ?? "OTHER", method };
}

const CARD_METHODS = new Set(["card", "card_present", "interac_present"]);
const BRANDS: Readonly<Record<string, string>> = { american_express: "amex", diners_club: "diners" };
const FUNDINGS: Readonly<Record<string, PaymentType>> = { credit: "CREDIT_CARD", debit: "DEBIT_CARD" };

const TYPES: Readonly<Record<string, PaymentType>> = {
  bancontact: "DEBIT_CARD",
  ideal: "BANK_TRANSFER",
  sofort: "BANK_TRANSFER",
  giropay: "BANK_TRANSFER",
  eps: "BANK_TRANSFER",
  p24: "BANK_TRANSFER",
  sepa_debit: "BANK_TRANSFER",
  us_bank_account: "BANK_TRANSFER",
  customer_balance: "BANK_TRANSFER",
  link: "WALLET",
  paypal: "WALLET",
  alipay: "WALLET",
  wechat_pay: "WALLET",
};
