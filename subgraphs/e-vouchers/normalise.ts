import { AppError } from "../shared/errors.ts";
import type { FamilyModule } from "../shared/family-module.ts";
import type { VoucherPurse } from "../shared/vocabulary.ts";

/** Meal, eco, gift and other cheques: who issued them, which purse paid, what was asked for. */
export const eVouchers: FamilyModule = {
  family: "E_VOUCHER",
  detailTable: "e_vouchers.detail",
  detailColumns: ["issuer", "purse", "requested_minor", "masked_pan"],
  normalise: ({ provider, reference, payment = {}, voucher, amount }) => {
    if (!voucher && reference !== undefined) {
      throw new AppError("INVALID_INPUT", `a voucher event of ${provider} names no issuer and purse`);
    }
    const requested = voucher?.requestedAmount ?? payment.authorisedAmount ?? amount;
    return {
      paymentType: "VOUCHER",
      paymentMethod: payment.method ?? METHOD_OF_PURSE[voucher?.purse ?? "UNKNOWN"],
      brand: payment.brand ?? voucher?.issuer.toLowerCase() ?? null,
      entryMode: payment.entryMode ?? "UNKNOWN",
      details: {
        issuer: voucher?.issuer ?? null,
        purse: voucher?.purse ?? null,
        requested_minor: String(requested?.amountMinor ?? 0n),
        masked_pan: payment.maskedPan ?? null,
      },
    };
  },
  detailsOfLine: {
    issuer: "l.issuer",
    purse: "l.purse",
    requested_minor: "coalesce(l.requested_minor, abs(l.gross_minor))",
    masked_pan: "l.masked_pan",
  },
};

const METHOD_OF_PURSE: Readonly<Record<VoucherPurse, string>> = {
  MEAL: "meal_voucher",
  ECO: "eco_voucher",
  GIFT: "gift_voucher",
  SPORT_CULTURE: "sport_culture_voucher",
  BOOK: "book_voucher",
  TRANSPORT: "transport_voucher",
  CONSUMPTION: "consumption_voucher",
  UNKNOWN: "voucher",
};
