import type { PaymentFacts } from "../../subgraphs/shared/event.ts";
import type { PaymentType } from "../../subgraphs/shared/vocabulary.ts";

type PaymentColumn = "method" | "variant" | "merchantReference" | "arn" | "authorisationCode";

/** What a row of an Adyen report says about how the shopper paid. */
export function adyenPayment(cell: (column: PaymentColumn) => string): PaymentFacts {
  const merchantReference = cell("merchantReference");
  const authorisationCode = cell("authorisationCode");
  const arn = cell("arn");
  return {
    ...instrumentOf(cell("method"), cell("variant")),
    acquirer: "adyen",
    ...(merchantReference !== "" && { merchantReference }),
    ...(authorisationCode !== "" && { authorisationCode }),
    // Spreadsheets turn a 23-digit number into 7.45E+22; what is left of it would match the wrong sale.
    ...(isArn(arn) && { arn }),
  };
}

type Instrument = { readonly type: PaymentType; readonly method: string; readonly brand?: string };

const instruments = new Map<string, Instrument>();
const MOST_INSTRUMENTS = 1_000;

/** A file has few kinds of instruments and many rows, so each kind is worked out once. */
function instrumentOf(method: string, variant: string): Instrument {
  const key = `${method}|${variant}`;
  let instrument = instruments.get(key);
  if (!instrument) {
    instrument = readInstrument(method.toLowerCase(), variant.toLowerCase());
    if (instruments.size >= MOST_INSTRUMENTS) instruments.clear();
    instruments.set(key, instrument);
  }
  return instrument;
}

/** `mc_applepay` is a Mastercard in a wallet; the variant (`mcstandarddebit`) tells debit from credit. */
function readInstrument(method: string, variant: string): Instrument {
  const [scheme = "", wallet] = method.split("_");
  const name = METHODS[scheme] ?? (scheme || "unknown");
  if (wallet && WALLETS.has(wallet)) return { type: "WALLET", method: name, brand: wallet };
  const brand = variant === "" || variant === method ? {} : { brand: variant };
  return { type: typeOf(name, variant), method: name, ...brand };
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

function isArn(text: string): boolean {
  return /^\d{23}$/.test(text);
}
