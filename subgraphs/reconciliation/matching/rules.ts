import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../../shared/canonical-json.ts";
import { AppError } from "../../shared/errors.ts";

/**
 * The stages that a rule set may turn off, strongest key first: the order of trust is not for rules to change. A
 * provider's own reference is no stage of these, since it is the identity of a transaction and not evidence for it.
 */
export const STAGES = [
  "ARN",
  "RRN",
  "STAN",
  "AUTHORISATION",
  "MERCHANT_REFERENCE",
  "VOUCHER",
  "INTERCHANGEABLE",
  "SCORED",
] as const;
export type Stage = (typeof STAGES)[number];

const hours = z.int().min(1).max(2_160);
const points = z.int().min(0).max(200);
const penalty = z.int().min(-200).max(0);

const schema = z
  .strictObject({
    stages: z.strictObject(Object.fromEntries(STAGES.map((stage) => [stage, z.boolean()])) as StageSwitches),
    /** How far a settlement's time of purchase may be from the terminal's; providers round, and their clocks differ. */
    windows: z.strictObject({
      /** A retrieval reference is the acquirer's own for about a week. */
      rrnHours: hours,
      /** A STAN wraps around after 999,999 payments. */
      stanHours: hours,
      authorisationHours: hours,
      /** An order is paid once, but a shop may use its numbers again. */
      merchantReferenceHours: hours,
      /** Issuer and terminal both write the terminal's time; only its seconds are sometimes lost. */
      voucherSeconds: z.int().min(0).max(3_600),
    }),
    scored: z.strictObject({
      windowHours: hours,
      /**
       * Evidence in tenths of a power of ten: two fields that agree by chance once in a thousand cases are worth thirty.
       */
      points: z.strictObject({
        arn: points,
        rrn: points,
        authorisationCode: points,
        merchantReference: points,
        last4: points,
        stan: points,
        terminal: points,
        brand: points,
        withinTwoSeconds: points,
        withinHalfMinute: points,
        withinFiveMinutes: points,
        /** A clock that missed a change of the hour. */
        oneHourOff: points,
        /** Two references that differ as a misread or cut-off one does. */
        damagedReference: points,
        /** Two references that differ otherwise, though nobody else answers to either. */
        otherReference: penalty,
      }),
      /** Fewer points are no candidate at all; a person is not asked about them. */
      review: z.int().min(1).max(1_000),
      accept: z.int().min(1).max(1_000),
      /** By how much an assignment must beat the best one without the pair. */
      margin: z.int().min(1).max(1_000),
      /** A tangle of more lines or transactions than this is left to a person, and says so. */
      largestComponent: z.int().min(1).max(200),
    }),
    /**
     * How far amounts may differ for a pair to be proposed to a person; nothing is ever claimed by it. The lower of the
     * two bounds counts, and zero proposes nothing.
     */
    tolerance: z.strictObject({ minor: z.int().min(0).max(100_000), basisPoints: z.int().min(0).max(1_000) }),
  })
  .refine(({ scored }) => scored.accept >= scored.review, {
    path: ["scored", "accept"],
    error: "must not be below `review`: what is not even shown to a person cannot be taken",
  });

type StageSwitches = { [Name in Stage]: z.ZodBoolean };

/** How lines are matched, as data: a run and each of its claims keep the hash of the rules they were made by. */
export type Rules = z.infer<typeof schema>;

/** @throws AppError INVALID_INPUT naming every member that is missing, unknown or out of bounds */
export function parseRules(content: unknown): Rules {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new AppError("INVALID_INPUT", `These are no rules: ${z.prettifyError(parsed.error)}`);
}

/** A week has to do for keys without a window. */
const LEAST_HOURS = 168;

/** How far before or after a line a transaction may be and still be looked at. */
export function furthestHours({ windows: { voucherSeconds: _, ...windows }, scored }: Rules): number {
  return Math.max(LEAST_HOURS, scored.windowHours, ...Object.values(windows));
}

/** The first 16 hex digits of SHA-256 over the rules as canonical JSON. */
export function hashOfRules(rules: Rules): string {
  return createHash("sha256").update(canonicalJson(rules)).digest("hex").slice(0, 16);
}
