import { z } from "zod";

const id = z.string().min(1).max(64);
/** A JSON integer, which arrives as its digits. */
const cents = z.string().regex(/^\d{1,15}$/, "write whole cents");

const Payout = z.object({
  payoutId: id,
  merchantId: id,
  bulkId: z.string().nullish(),
  payoutStatus: z.string(),
  payoutDate: z.string(),
  payoutCurrency: z.string(),
  totalPayments: cents,
  totalRefunds: cents,
  totalPaymentAmount: cents,
  totalRefundAmount: cents,
  payoutAmount: z.string().regex(/^-?\d{1,15}$/, "write whole cents"),
});
export type Payout = z.infer<typeof Payout>;

const Payment = z.object({
  paymentId: id,
  payoutId: id,
  paymentProfileId: id.nullish(),
  paymentChannel: z.string().nullish(),
  currency: z.string(),
  amount: cents,
  reference: z.string().nullish(),
  transactionDate: z.string(),
});
export type Payment = z.infer<typeof Payment>;

const Refund = Payment.extend({ refundId: id });
export type Refund = z.infer<typeof Refund>;

/** The lists of the reconciliation API, and what their elements are; free text and merchant names are dropped. */
export const LISTS = { payouts: Payout, payments: Payment, refunds: Refund } as const;
