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
  /** A `void` takes a sale back before it is settled: `originalReference` says which. */
  type: z.enum(["sale", "refund", "void"]),
  status: z.enum(["processing", "success", "failed", "refused", "cancelled", "manual_intervention"]),
  reason: word.optional(),
  amount: z.string(),
  requestedAmount: z.string().optional(),
  currency: z.string(),
  brand: word,
  /** Purse of a voucher by CCV's product code, 01 to 07, 201 and 203, or as the till asked for it: `200001#`. */
  product: word.optional(),
  entryMode: z.enum(ENTRY_MODES).optional().catch("UNKNOWN"),
  maskedPan: z.string().optional(),
  authCode: word.optional(),
  stan: word.optional(),
  rrn: word.optional(),
  arn: word.optional(),
  /** The processor's reference, if its host returned one. */
  pspReference: word.optional(),
  /** For refunds and voids: the reference of the sale. */
  originalReference: word.optional(),
  merchantReference: word.optional(),
  /** The till's ticket, shared by the voucher and the card that pay for it together. */
  ticket: word.optional(),
});
export type JournalLine = z.infer<typeof JournalLine>;

/** The part of a line that the sums of the journal need; a type that we do not know has an amount too. */
export const JournalAmount = JournalLine.pick({ amount: true, currency: true }).extend({ type: z.string() });
export type JournalAmount = z.infer<typeof JournalAmount>;

/** Last record: how many lines, and the sum of their amounts per currency, whatever their status; refunds and voids negative. */
export const JournalEnd = z.object({
  record: z.literal("end"),
  count: z.string().regex(/^\d{1,12}$/),
  totals: z.array(z.object({ currency: word, amountMinor: z.string().regex(/^-?\d{1,18}$/) })),
});
export type JournalEnd = z.infer<typeof JournalEnd>;
