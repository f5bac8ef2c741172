import type { FamilyModule } from "../shared/family-module.ts";
import type { PaymentType } from "../shared/vocabulary.ts";

/** CCV's own processing: terminal and online payments. */
export const ccvPay: FamilyModule = {
  family: "CCV_PAY",
  detailTable: "ccv_pay.detail",
  detailColumns: ["method", "failure_code", "acquirer", "acquirer_response_code", "masked_pan"],
  normalise: ({ payment = {} }) => {
    const method = payment.brand ?? payment.method ?? "unknown";
    return {
      paymentType: payment.type ?? PAYMENT_TYPE_OF_METHOD[method] ?? "OTHER",
      paymentMethod: payment.method ?? "unknown",
      brand: payment.brand ?? null,
      entryMode: payment.entryMode ?? "UNKNOWN",
      details: {
        method: payment.providerMethod ?? null,
        failure_code: payment.failureCode ?? null,
        acquirer: payment.acquirer ?? null,
        acquirer_response_code: payment.responseCode ?? null,
        masked_pan: payment.maskedPan ?? null,
      },
    };
  },
  detailsOfLine: { masked_pan: "l.masked_pan" },
};

const PAYMENT_TYPE_OF_METHOD: Readonly<Record<string, PaymentType>> = {
  bancontact: "DEBIT_CARD",
  maestro: "DEBIT_CARD",
  vpay: "DEBIT_CARD",
  visa: "CARD",
  mastercard: "CARD",
  amex: "CREDIT_CARD",
  ideal: "BANK_TRANSFER",
  banktransfer: "BANK_TRANSFER",
  paypal: "WALLET",
  payconiq: "WALLET",
  applepay: "WALLET",
  googlepay: "WALLET",
};
