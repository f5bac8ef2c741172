import { z } from "zod";

const text = z.string().min(1).max(64);

/** What a statement says before its items. */
export const MonizzeHeader = z.object({
  statementId: text,
  merchantNumber: text,
  period: z.object({ from: z.iso.date(), to: z.iso.date() }),
  currency: z.string(),
});
export type MonizzeHeader = z.infer<typeof MonizzeHeader>;

/**
 * One voucher. `amount` is what was approved, negative where money goes back to the holder; `fee` has up to four decimals
 * and its sign follows the amount's. `date` is the clock of Brussels.
 */
export const MonizzeItem = z.object({
  id: text,
  date: z.string(),
  terminal: text.optional(),
  amount: z.string(),
  /** What the till asked for, where the purse held less. */
  requestedAmount: z.string().optional(),
  fee: z.string(),
  detail: z.string().max(500).optional(),
  state: text,
  payoutRef: text.nullish(),
  authCode: text.optional(),
  card: z.string().optional(),
  /** For money that goes back: the voucher it was paid with. */
  originalId: text.optional(),
  /** The till's ticket, shared with what paid the rest. */
  ticket: text.optional(),
});
export type MonizzeItem = z.infer<typeof MonizzeItem>;

/** One transfer. `fees` are exact; `net` is gross less fees, rounded once. The IBAN is the merchant's and is not kept. */
export const MonizzePayout = z.object({
  payoutRef: text,
  valueDate: z.iso.date(),
  gross: z.string(),
  fees: z.string(),
  net: z.string(),
});
export type MonizzePayout = z.infer<typeof MonizzePayout>;

/** Every field of an item and of a payout, read or not; names of people and the IBAN are not kept. */
export const MONIZZE_FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(MonizzeItem.shape),
  ...Object.keys(MonizzePayout.shape),
  ...["iban", "cardHolderName"],
]);
