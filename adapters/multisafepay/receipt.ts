import { z } from "zod";

/** Some numbers of a receipt are text and some are JSON numbers, which arrive as their digits. */
const text = z.string().nullish();

/** The receipt of a payment at a terminal; what was bought and who sold it is dropped. */
export const Receipt = z.object({
  success: z.literal(true),
  data: z.object({
    order: z.object({
      transaction_id: z.string().min(1),
      amount: z.string().regex(/^\d{1,15}$/, "write whole cents"),
      currency: z.string(),
      completed: text,
    }),
    payment: z.object({
      payment_method: z.string(),
      response_code: text,
      terminal_id: z.string().min(1),
      authorization_code: text,
      issuer_bin: text,
      last4: text,
      card_entry_mode: text,
      cardholder_verification_method: text,
    }),
    printed_on: text,
  }),
});
export type Receipt = z.infer<typeof Receipt>;

/** The balance of an account at the end of a day, and what was paid out of it. */
export const ClosingBalance = z.object({
  account_id: z.string().min(1),
  amount: z.string(),
  closing_date: z.iso.date(),
  currency: z.string(),
  payout_amount: z.string().regex(/^-?\d{1,15}$/, "write whole cents"),
  payout_transaction_id: text,
  status: z.string(),
});
export type ClosingBalance = z.infer<typeof ClosingBalance>;
