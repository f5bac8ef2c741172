import { z } from "zod";

/**
 * The transaction object of CCV's public Payment API, as far as we read it; numbers arrive as their digits. What is not
 * named here is dropped, cardholder names before all.
 */
export const CcvTransaction = z.object({
  reference: z.string().min(1),
  originalReference: z.string().min(1).optional(),
  childReferenceId: z.string().min(1).optional(),
  merchantOrderReference: z.string().optional(),
  type: z.string().min(1),
  status: z.string().min(1),
  failureCode: z.string().optional(),
  amount: z.string(),
  currency: z.string(),
  method: z.string().optional(),
  brand: z.string().optional(),
  entryMode: z.string().optional(),
  methodTransactionId: z.string().optional(),
  created: z.string(),
  lastUpdate: z.string(),
  paidout: z.boolean().optional(),
  paidoutDate: z.string().optional(),
  paidoutReference: z.string().optional(),
  account: z.string().min(1).optional(),
  details: z
    .object({
      maskedPan: z.string().optional(),
      acquirer: z.string().optional(),
      acquirerResponseCode: z.string().optional(),
      authorisedAmount: z.string().optional(),
      initialTransactionId: z.string().optional(),
      terminalId: z.string().min(1).optional(),
    })
    .optional(),
});
export type CcvTransaction = z.infer<typeof CcvTransaction>;

/** The last line of our export of CCV transactions: how many lines there are. */
export const CcvEnd = z.object({ record: z.literal("end"), count: z.string().regex(/^\d{1,12}$/) });
