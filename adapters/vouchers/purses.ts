import type { PaymentFacts, VoucherFacts } from "../../subgraphs/shared/event.ts";
import type { VoucherPurse } from "../../subgraphs/shared/vocabulary.ts";

/** Edenred's product codes. A voucher of a product we do not know is still money, so its purse is UNKNOWN. */
export function edenredPurse(productCode: string): VoucherPurse {
  return purseIn(EDENRED_PRODUCTS, productCode);
}

/** Pluxee's passes. */
export function pluxeePurse(pass: string): VoucherPurse {
  return purseIn(PLUXEE_PASSES, pass.trim().toUpperCase());
}

/** Monizze's purses, as its pages key them; beyond meal, eco and gift the keys are ours. */
export function monizzePurse(key: string): VoucherPurse {
  return purseIn(MONIZZE_PURSES, key.toLowerCase());
}

/**
 * CCV terminals' product codes (01 to 07, and 201 and 203 for Luxembourg), or the value a till sends for them, `200001#`;
 * without one a terminal takes the meal purse.
 */
export function terminalPurse(productCode: string | undefined): VoucherPurse {
  if (!productCode) return "MEAL";
  const [, code = productCode] = /^200(?:0(?=\d\d#)|(?=\d{3}#))(\d{2,3})#$/.exec(productCode) ?? [];
  return purseIn(TERMINAL_PRODUCTS, code);
}

function purseIn(purses: Readonly<Record<string, VoucherPurse>>, code: string): VoucherPurse {
  return (Object.hasOwn(purses, code) ? purses[code] : undefined) ?? "UNKNOWN";
}

/** A voucher as an instrument: the issuer is the brand, the purse the method. */
export function voucherPayment({ issuer, purse }: VoucherFacts): PaymentFacts {
  const method = purse === "UNKNOWN" ? "voucher" : `${purse.toLowerCase()}_voucher`;
  return { type: "VOUCHER", method, brand: issuer.toLowerCase() };
}

const EDENRED_PRODUCTS: Readonly<Record<string, VoucherPurse>> = {
  ETR: "MEAL",
  ECO: "ECO",
  CMP: "GIFT",
  SPC: "SPORT_CULTURE",
  CONSO: "CONSUMPTION",
};

const PLUXEE_PASSES: Readonly<Record<string, VoucherPurse>> = {
  LUNCH: "MEAL",
  ECO: "ECO",
  GIFT: "GIFT",
  "SPORT & CULTURE": "SPORT_CULTURE",
  BOOK: "BOOK",
  TRANSPORT: "TRANSPORT",
  CONSO: "CONSUMPTION",
};

const MONIZZE_PURSES: Readonly<Record<string, VoucherPurse>> = {
  emv: "MEAL",
  eco: "ECO",
  ecv: "GIFT",
  spc: "SPORT_CULTURE",
  book: "BOOK",
  transport: "TRANSPORT",
  conso: "CONSUMPTION",
};

const TERMINAL_PRODUCTS: Readonly<Record<string, VoucherPurse>> = {
  "01": "MEAL",
  "02": "ECO",
  "03": "GIFT",
  "04": "SPORT_CULTURE",
  "05": "BOOK",
  "06": "TRANSPORT",
  "07": "CONSUMPTION",
  "201": "MEAL",
  "203": "GIFT",
};
