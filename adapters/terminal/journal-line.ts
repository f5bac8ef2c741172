import { z } from "zod";
import { ENTRY_MODES } from "../../subgraphs/shared/vocabulary.ts";

const word = z.string().min(1).max(64);

/** First record: whose terminals, which days, and the clock that all lines are written by. */
export const JournalHeader = z.object({
  record: z.literal("journal"),
  merchant: word,
  from: z.iso.date(),
  to: z.iso.date(),
  zone: word,
  generatedAt: z.iso.datetime({ offset: true }),
});
export type JournalHeader = z.infer<typeof JournalHeader>;

/** One payment at one terminal. Amounts are decimal text in major units; `time` is the clock on the wall, no zone. */
export const JournalLine = z.object({
  terminal: word,
  time: z.string(),
  /** `CCV` for CCV's own processing, `EDRD`, `SODX` and `PAYF` for voucher issuers, else an acquirer's name. */
  circuit: word,
  /** The merchant's account at that processor, where the terminal knows it. */
  account: word.optional(),
  type: z.enum(["sale", "refund"]),
  status: z.enum(["processing", "success", "failed", "refused", "cancelled", "manual_intervention"]),
  reason: word.optional(),
  amount: z.string(),
  requestedAmount: z.string().optional(),
  currency: z.string(),
  brand: word,
  /** Purse of a voucher by CCV's product code, 01 to 07. */
  product: word.optional(),
  entryMode: z.enum(ENTRY_MODES).optional(),
  maskedPan: z.string().optional(),
  authCode: word.optional(),
  stan: word.optional(),
  rrn: word.optional(),
  arn: word.optional(),
  /** The processor's reference, if its host returned one. */
  pspReference: word.optional(),
  /** For refunds: the reference of the sale. */
  originalReference: word.optional(),
  merchantReference: word.optional(),
  /** The till's ticket, shared by the voucher and the card that pay for it together. */
  ticket: word.optional(),
});
export type JournalLine = z.infer<typeof JournalLine>;

/** The part of a line that the sums of the journal need. */
export const JournalAmount = JournalLine.pick({ type: true, amount: true, currency: true });
export type JournalAmount = z.infer<typeof JournalAmount>;

/** Last record: how many lines, and the sum of their amounts per currency, refunds negative, whatever their status. */
export const JournalEnd = z.object({
  record: z.literal("end"),
  count: z.string().regex(/^\d{1,12}$/),
  totals: z.array(z.object({ currency: word, amountMinor: z.string().regex(/^-?\d{1,18}$/) })),
});
export type JournalEnd = z.infer<typeof JournalEnd>;
