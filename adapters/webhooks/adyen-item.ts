import { z } from "zod";

/** `additionalData` has much of the shopper; only what is named here is kept. */
const AdditionalData = z.object({
  hmacSignature: z.string().max(200).optional(),
  authCode: z.string().max(40).optional(),
  autoDefended: z.string().max(10).optional(),
  cardSummary: z.string().max(10).optional(),
  defendable: z.string().max(10).optional(),
  defensePeriodEndsAt: z.string().max(40).optional(),
  "modification.action": z.string().max(40).optional(),
  paymentMethodVariant: z.string().max(64).optional(),
  retry_rescueReference: z.string().max(64).optional(),
});

const word = z.string().min(1).max(128);

/** One item of a notification as far as we read it; numbers are their digits, and `success` is text. */
export const AdyenItem = z.object({
  pspReference: word,
  originalReference: z.string().max(128).optional(),
  merchantAccountCode: word,
  merchantReference: z.string().max(256).optional(),
  amount: z.object({ value: z.string(), currency: z.string() }).optional(),
  eventCode: word,
  eventDate: z.string(),
  success: z.enum(["true", "false"]),
  paymentMethod: z.string().max(64).optional(),
  reason: z.string().max(500).optional(),
  additionalData: AdditionalData.optional(),
});
export type AdyenItem = z.infer<typeof AdyenItem>;
