import type { FamilyModule } from "../shared/family-module.ts";

/** Third-party acquirers: the network's references and whose account it was. */
export const acquirers: FamilyModule = {
  family: "ACQUIRER",
  detailTable: "acquirers.detail",
  detailColumns: ["acquirer", "scheme_transaction_id", "merchant_account", "masked_pan"],
  normalise: ({ provider, account, payment = {} }) => ({
    paymentType: payment.type ?? "CARD",
    paymentMethod: payment.method ?? "unknown",
    brand: payment.brand ?? null,
    entryMode: payment.entryMode ?? "UNKNOWN",
    details: {
      acquirer: payment.acquirer ?? provider,
      scheme_transaction_id: payment.schemeTransactionId ?? null,
      merchant_account: account ?? null,
      masked_pan: payment.maskedPan ?? null,
    },
  }),
  detailsOfLine: { acquirer: "l.provider", merchant_account: "l.account", masked_pan: "l.masked_pan" },
};
