import { parse } from "yaml";
import { z } from "zod";
import { CURRENCY_EXPONENTS } from "../../shared/currencies.ts";
import { AppError } from "../../shared/errors.ts";
import { EVENT_KINDS } from "../../shared/vocabulary.ts";

/**
 * BLENDED: a rate covers all there is. INTERCHANGE_PLUS_PLUS: interchange and scheme fees are passed through as booked,
 * and the rate is the acquirer's markup. VOUCHER_COMMISSION: the rate is the issuer's commission.
 */
export const FEE_MODELS = ["BLENDED", "INTERCHANGE_PLUS_PLUS", "VOUCHER_COMMISSION"] as const;
export type FeeModel = (typeof FEE_MODELS)[number];

/** Half up, on each line or once on the sum of a batch. */
export const FEE_ROUNDINGS = ["PER_LINE", "PER_PAYOUT"] as const;
export type FeeRounding = (typeof FEE_ROUNDINGS)[number];

/** A rate as it is computed with: parts per million of the amount, and millionths of a minor unit. */
export type FeeRate = {
  readonly kinds: readonly string[];
  readonly method?: string;
  readonly brand?: string;
  readonly purse?: string;
  readonly entryMode?: string;
  readonly partsPerMillion: number;
  readonly fixedMillionths: number;
  readonly minimumMillionths: number;
  readonly maximumMillionths?: number;
};

/** What one provider may charge for one account, or for all of them, between two days. */
export type FeeSchedule = {
  readonly provider: string;
  readonly account: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly currency: string;
  readonly model: FeeModel;
  readonly rounding: FeeRounding;
  readonly toleranceMinor: number;
  /** Lowest charge for a batch, in millionths of a minor unit; with PER_PAYOUT only. */
  readonly payoutMinimumMillionths: number;
  readonly rates: readonly FeeRate[];
};

const quoted = (example: string) => ({ error: `write it as text in quotes, such as "${example}"` });
const percentage = z
  .string(quoted("1.25"))
  .regex(/^\d{1,2}(\.\d{1,4})?$/, 'a percentage such as "1.25", up to 4 decimals');
const amount = z.string(quoted("0.10")).regex(/^\d{1,7}(\.\d{1,6})?$/, 'an amount such as "0.045", up to 6 decimals');
const word = z.string().min(1).max(100);

const rate = z.strictObject({
  kinds: z.array(z.enum(EVENT_KINDS)).min(1).default(["SALE", "CAPTURE"]),
  method: word.optional(),
  brand: word.optional(),
  purse: word.optional(),
  entryMode: word.optional(),
  percentage: percentage.default("0"),
  fixed: amount.default("0"),
  minimum: amount.default("0"),
  maximum: amount.optional(),
});

const schema = z
  .strictObject({
    provider: word,
    account: word.optional(),
    validFrom: z.iso.date(),
    validTo: z.iso.date().optional(),
    currency: z.string().refine((code) => CURRENCY_EXPONENTS.has(code), "not a currency of ISO 4217"),
    model: z.enum(FEE_MODELS),
    rounding: z.enum(FEE_ROUNDINGS),
    tolerance: amount.default("0"),
    payoutMinimum: amount.default("0"),
    rates: z.array(rate).min(1).max(200),
  })
  .refine(({ validFrom, validTo }) => validTo === undefined || validTo >= validFrom, {
    path: ["validTo"],
    error: "must not be before `validFrom`",
  })
  .refine(({ rounding, payoutMinimum }) => rounding === "PER_PAYOUT" || /^[0.]+$/.test(payoutMinimum), {
    path: ["payoutMinimum"],
    error: "needs `rounding: PER_PAYOUT`; for each purchase use `minimum` of a rate",
  });

/** @throws AppError INVALID_INPUT for text that is no YAML, or no fee schedule */
export function feeScheduleOfText(text: string): FeeSchedule {
  let content: unknown;
  try {
    // No aliases: a schedule needs none, and a few lines of them can be made into gigabytes.
    content = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw new AppError("INVALID_INPUT", "The schedule is neither YAML nor JSON: see README for an example.", { cause });
  }
  return parseFeeSchedule(content);
}

/** @throws AppError INVALID_INPUT naming every member that is missing, unknown or out of bounds */
function parseFeeSchedule(content: unknown): FeeSchedule {
  const parsed = schema.safeParse(content);
  if (!parsed.success) {
    throw new AppError("INVALID_INPUT", `This is no fee schedule: ${z.prettifyError(parsed.error)}`);
  }
  const { account = "", validTo = null, tolerance, payoutMinimum, rates, ...rest } = parsed.data;
  const exponent = CURRENCY_EXPONENTS.get(rest.currency) ?? 2;
  const millionths = (text: string) => scaled(text, exponent + 6);
  return {
    ...rest,
    account,
    validTo,
    toleranceMinor: Math.floor(millionths(tolerance) / 1_000_000),
    payoutMinimumMillionths: millionths(payoutMinimum),
    rates: rates.map(({ percentage: share, fixed, minimum, maximum, ...selectors }) => ({
      ...withoutAbsent(selectors),
      partsPerMillion: scaled(share, 4),
      fixedMillionths: millionths(fixed),
      minimumMillionths: millionths(minimum),
      ...(maximum !== undefined && { maximumMillionths: millionths(maximum) }),
    })),
  };
}

/** Decimal text as an integer with so many digits after the point; exact, and below 2^53 by the schema's bounds. */
function scaled(text: string, digits: number): number {
  const [whole = "0", fraction = ""] = text.split(".");
  return Number(BigInt(whole + fraction.padEnd(digits, "0").slice(0, digits)));
}

type Selectors = Pick<z.infer<typeof rate>, "kinds" | "method" | "brand" | "purse" | "entryMode">;

function withoutAbsent({ kinds, method, brand, purse, entryMode }: Selectors) {
  return {
    kinds,
    ...(method !== undefined && { method }),
    ...(brand !== undefined && { brand }),
    ...(purse !== undefined && { purse }),
    ...(entryMode !== undefined && { entryMode }),
  };
}
