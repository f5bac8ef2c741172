import type { PaymentFacts, VoucherFacts } from "../../subgraphs/shared/event.ts";
import type { PaymentType } from "../../subgraphs/shared/vocabulary.ts";
import { instrumentBehind } from "../vouchers/behind-acquirer.ts";

type Instrument = { readonly type: PaymentType; readonly method: string; readonly brand?: string };

type Known = { readonly instrument: Instrument; readonly voucher: VoucherFacts | undefined };

const known = new Map<string, Known>();
const MOST_INSTRUMENTS = 1_000;

/**
 * How the shopper paid, from Adyen's payment method and its variant: `mc_applepay` is a Mastercard in a wallet,
 * `mcstandarddebit` tells debit from credit. A file has few of them and many rows, so each is worked out once.
 */
export function instrumentOf(method: string, variant: string): Instrument {
  return knownOf(method, variant).instrument;
}

/** The voucher that stands in Adyen's file as a card of its scheme; undefined for all else. */
export function voucherOf(method: string, variant: string): VoucherFacts | undefined {
  return knownOf(method, variant).voucher;
}

/** Each row asks twice. */
let last: { readonly method: string; readonly variant: string; readonly known: Known } | undefined;

function knownOf(method: string, variant: string): Known {
  if (last?.method !== method || last.variant !== variant) last = { method, variant, known: lookUp(method, variant) };
  return last.known;
}

function lookUp(method: string, variant: string): Known {
  const key = method + variant;
  const before = known.get(key);
  if (before) return before;
  const { voucher, payment } = instrumentBehind({}, { words: [method, variant] });
  const card = readInstrument(method.toLowerCase(), variant.toLowerCase());
  const found = { instrument: voucher ? { ...card, ...payment } : card, voucher };
  if (known.size >= MOST_INSTRUMENTS) known.clear();
  known.set(key, found);
  return found;
}

/** A key that rows can be matched by. Spreadsheets turn 23 digits into 7.45E+22, which would match the wrong sale. */
export function isArn(text: string): boolean {
  return /^\d{23}$/.test(text);
}

/** The facts of a row, built field by field: this runs for every row of files with millions of them. */
export type MutablePayment = { -readonly [Fact in keyof PaymentFacts]: PaymentFacts[Fact] };

function readInstrument(method: string, variant: string): Instrument {
  const [scheme = "", wallet] = method.split("_");
  const name = METHODS[scheme] ?? (scheme || "unknown");
  if (wallet && WALLETS.has(wallet)) return { type: "WALLET", method: name, brand: wallet };
  const type = typeOf(name, variant);
  return variant === "" || variant === method ? { type, method: name } : { type, method: name, brand: variant };
}

function typeOf(method: string, variant: string): PaymentType {
  if (TRANSFERS.has(method)) return "BANK_TRANSFER";
  if (DEBIT.has(method) || /debit|electron/.test(variant)) return "DEBIT_CARD";
  if (/credit|classic|gold|platinum/.test(variant)) return "CREDIT_CARD";
  return CARDS.has(method) ? "CARD" : "OTHER";
}

const METHODS: Readonly<Record<string, string>> = {
  mc: "mastercard",
  bcmc: "bancontact",
  directebanking: "sofort",
  banktransfer: "bank_transfer",
};

const WALLETS = new Set(["applepay", "googlepay", "samsungpay"]);
const TRANSFERS = new Set(["ideal", "sofort", "giropay", "bank_transfer", "ach", "sepadirectdebit"]);
const DEBIT = new Set(["bancontact", "maestro", "vpay"]);
const CARDS = new Set(["visa", "mastercard", "amex", "jcb", "diners", "discover", "cartebancaire", "visadankort"]);
