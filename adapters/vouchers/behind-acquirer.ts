import type { PaymentFacts, ProviderEvent, VoucherFacts } from "../../subgraphs/shared/event.ts";
import type { VoucherIssuer, VoucherPurse } from "../../subgraphs/shared/vocabulary.ts";
import { edenredPurse, voucherPayment } from "./purses.ts";

/** What an acquirer's row says of the instrument, in the acquirer's own words; whatever it does not say is left out. */
export type InstrumentEvidence = {
  /** Words that may name the issuer or its circuit: payment method, variant, brand, card product, gateway. */
  readonly words?: readonly string[];
  /** The issuer's product code: Edenred's ETR, ECO, CMP, SPC, CONSO. */
  readonly product?: string;
  /** Only its leading digits are looked at. */
  readonly maskedPan?: string;
};

/** A range of card numbers that an issuer of vouchers has, by its leading six to eight digits. */
export type IssuerBin = { readonly prefix: string; readonly issuer: VoucherIssuer };

/** The part of an event that says what it was paid with. */
export type Instrument = Pick<ProviderEvent, "family" | "voucher" | "payment">;

/**
 * The family of a row in an acquirer's file. Edenred's cards are co-branded Mastercard (Pluxee's of Luxembourg are Visa)
 * and settled by the acquirer, so a voucher may stand in any such file: the family comes from circuit, card range or
 * product, never from the file. Spread the result into the event in place of its `family` and `payment`; `provider` and
 * `account` stay the acquirer's, since it pays.
 *
 *     event = { ...facts, provider: "adyen", ...instrumentBehind(payment, { words: [method, variant], maskedPan }) };
 *
 * @param bins for tests; issuers do not publish their ranges
 */
export function instrumentBehind(
  payment: PaymentFacts,
  evidence: InstrumentEvidence,
  bins: readonly IssuerBin[] = ISSUER_BINS,
): Instrument {
  const issuer = issuerOf(evidence, bins);
  if (!issuer) return { family: "ACQUIRER", payment };
  const voucher: VoucherFacts = { issuer, purse: purseOf(evidence) };
  return { family: "E_VOUCHER", voucher, payment: { ...payment, ...voucherPayment(voucher) } };
}

function issuerOf({ words = [], product = "", maskedPan = "" }: InstrumentEvidence, bins: readonly IssuerBin[]) {
  const named = ISSUER_WORDS.find(([pattern]) => words.some((word) => pattern.test(word)));
  if (named) return named[1];
  if (EDENRED_PRODUCT.test(product)) return "EDENRED" as const;
  return bins.find(({ prefix }) => maskedPan.startsWith(prefix))?.issuer;
}

function purseOf({ words = [], product = "" }: InstrumentEvidence): VoucherPurse {
  const byProduct = edenredPurse(product.toUpperCase());
  if (byProduct !== "UNKNOWN") return byProduct;
  return PURSE_WORDS.find(([pattern]) => words.some((word) => pattern.test(word)))?.[1] ?? "UNKNOWN";
}

/** Whole names and the circuits of CCV's terminals; `sodexo` is what Pluxee was called. */
const ISSUER_WORDS: readonly (readonly [RegExp, VoucherIssuer])[] = [
  [/edenred|ticket.?restaurant|\bEDRD\b/i, "EDENRED"],
  [/pluxee|sodexo|\bSODX\b/i, "PLUXEE"],
  [/monizze|\bPAYF\b/i, "MONIZZE"],
];

const PURSE_WORDS: readonly (readonly [RegExp, VoucherPurse])[] = [
  [/sport/i, "SPORT_CULTURE"],
  [/meal|lunch|ticket.?restaurant/i, "MEAL"],
  [/gift|cadeau/i, "GIFT"],
  [/\beco(?:[\W_]|-?cheque|$)/i, "ECO"],
  [/conso|consumption/i, "CONSUMPTION"],
];

const EDENRED_PRODUCT = /^(?:ETR|ECO|CMP|SPC|CONSO)$/i;

/** A range goes here once its issuer confirms it: a wrong one would make vouchers of ordinary cards. */
const ISSUER_BINS: readonly IssuerBin[] = [];
