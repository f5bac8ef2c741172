import type { PaymentFacts } from "../../subgraphs/shared/event.ts";
import type { PaymentType } from "../../subgraphs/shared/vocabulary.ts";
import { type CardDigits, cardDigits } from "../readers/card.ts";

type Text = (name: string) => string;

/** How the shopper paid: the card company, or for other methods the payment product's number. */
export function paymentOf(text: Text): PaymentFacts {
  const company = text("CreditCardCompany");
  const product = text("PaymentProductId");
  const authorisationCode = text("AuthorizationCodePayment") || text("AuthorizationCode");
  const merchantReference = text("AdditionalReference");
  return {
    type: company === "" ? (TYPES[text("PaymentMethodId")] ?? "OTHER") : "CARD",
    method: COMPANIES[company] ?? (company.toLowerCase() || PRODUCTS[product] || `product_${product || "unknown"}`),
    acquirer: "worldline",
    ...cardOf(text("CardNumber"), text("IIN")),
    ...(authorisationCode !== "" && { authorisationCode }),
    ...(merchantReference !== "" && { merchantReference }),
  };
}

/** The number is all stars but for its end; its beginning stands apart. */
function cardOf(number: string, iin: string): CardDigits {
  const isCard = /^[\d*X]{12,19}$/i.test(number);
  return isCard ? cardDigits(/^\d{6}/.test(iin) ? iin.slice(0, 6) + number.slice(6) : number) : {};
}

const COMPANIES: Readonly<Record<string, string>> = {
  VISA: "visa",
  ECMC: "mastercard",
  AMEX: "amex",
  JCB: "jcb",
  DINERS: "diners",
  MAESTRO: "maestro",
};

const PRODUCTS: Readonly<Record<string, string>> = { "500": "bpay", "809": "ideal", "840": "paypal" };

/** Payment methods by number: bank transfers, direct debits, online bank transfers and invoices. */
const TYPES: Readonly<Record<string, PaymentType>> = {
  "1": "CARD",
  "2": "BANK_TRANSFER",
  "3": "BANK_TRANSFER",
  "4": "BANK_TRANSFER",
  "7": "BANK_TRANSFER",
  "8": "BANK_TRANSFER",
};
