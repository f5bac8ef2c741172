import { addSeconds, clock, weekday } from "./calendar.ts";
import type { Identifiers } from "./identifiers.ts";
import type { Card, Known, Purchase, Result } from "./purchase.ts";
import type { Random } from "./random.ts";
import { locationOf, type Stay, type World } from "./world.ts";

/** What making purchases needs: chance, numbers, whose they are, and where the terminals stand. */
export type Till = {
  readonly random: Random;
  readonly ids: Identifiers;
  readonly world: World;
  readonly stays: readonly Stay[];
};

/** Saturdays are full and Sundays half days. */
const BUSYNESS = [90, 90, 95, 100, 115, 150, 60] as const;
const WEEK_SHARE = BUSYNESS.reduce((sum, share) => sum + share, 0);

const OPENS = 6 * 3600 + 30 * 60;
const CLOSES = 18 * 3600 + 30 * 60;

/** One day of ordinary trade, at six terminals and in the web shop; `perWeek` is about how many in its week. */
export function tradeOf(till: Till, date: string, perWeek: number): readonly Purchase[] {
  const perDay = Math.trunc((perWeek * BUSYNESS[weekday(date)]!) / WEEK_SHARE);
  const web = Math.trunc(perDay / 12);
  const { terminals } = till.world;
  const each = Math.trunc((perDay - web) / terminals.length);
  const purchases = terminals.flatMap((terminal) => {
    const count = each + till.random.int(-1, 1);
    return timesOf(till.random, date, Math.max(1, count)).map((time) => saleAt(till, terminal, time));
  });
  return [...purchases, ...timesOf(till.random, date, Math.max(1, web)).map((time) => webSale(till, time))];
}

/** Increasing times of the day, no two alike: a terminal takes one payment at a time. */
function timesOf(random: Random, date: string, count: number): readonly string[] {
  const seconds = new Set<number>();
  while (seconds.size < Math.min(count, (CLOSES - OPENS) / 2)) seconds.add(random.int(OPENS, CLOSES));
  return [...seconds].sort((a, b) => a - b).map((second) => clock(date, second));
}

function saleAt(till: Till, terminal: string, time: string): Purchase {
  const { country } = locationOf(till.stays, terminal, time.slice(0, 10));
  const providers = country === "BE" ? BELGIAN_MIX : DUTCH_MIX;
  const provider = till.random.weighted(providers);
  const sale = terminalSale(till, { terminal, time, provider });
  const result = till.random.weighted(RESULTS);
  if (result === "approved") return sale;
  // A host that refuses has answered, and its answer carries its reference.
  return { ...sale, known: "reference", result, ...reasonOf(result, provider) };
}

const BELGIAN_MIX = [
  ["ccv-pay", 50],
  ["adyen", 27],
  ["edenred", 23],
] as const;
const DUTCH_MIX = [
  ["ccv-pay", 60],
  ["adyen", 40],
] as const;
const RESULTS: readonly (readonly [Result, number])[] = [
  ["approved", 965],
  ["refused", 18],
  ["cancelled", 11],
  ["failed", 6],
];

type SaleAt = { readonly terminal: string; readonly time: string; readonly provider: Purchase["provider"] };

/** An approved sale at a terminal. */
export function terminalSale(till: Till, { terminal, time, provider }: SaleAt): Purchase {
  const { random, ids } = till;
  const { zone, country } = locationOf(till.stays, terminal, time.slice(0, 10));
  const stan = ids.stan(terminal);
  const product = random.weighted(PRODUCTS);
  return {
    key: ids.key(),
    ...till.world.accounts[provider],
    type: "SALE",
    terminal,
    zone,
    time,
    amountMinor: BigInt(random.int(36, 760) * 5),
    card: cardOf(random, provider, country),
    authCode: ids.authCode(),
    stan,
    rrn: ids.rrn(time, stan),
    ...(provider === "adyen" && { arn: ids.arn(time) }),
    reference: referenceOf(ids, provider, time),
    known: random.weighted(KNOWN[provider]),
    result: "approved",
    ...(provider === "edenred" && { product }),
  };
}

const KNOWN: Readonly<Record<Purchase["provider"], readonly (readonly [Known, number])[]>> = {
  "ccv-pay": [["reference", 1]],
  adyen: [
    ["reference", 70],
    ["arn", 16],
    ["authorisation", 14],
  ],
  edenred: [
    ["reference", 78],
    ["authorisation", 22],
  ],
};

/** CCV's product codes of the purses: meal, eco, gift, consumption. */
const PRODUCTS = [
  ["01", 80],
  ["02", 12],
  ["03", 5],
  ["07", 3],
] as const;

function referenceOf(ids: Identifiers, provider: Purchase["provider"], time: string): string {
  if (provider === "adyen") return ids.adyen();
  return provider === "edenred" ? ids.edenred() : ids.ccv("TL", addSeconds(time, 1));
}

function cardOf(random: Random, provider: Purchase["provider"], country: "BE" | "NL"): Card {
  const entryMode = random.chance(700) ? "CONTACTLESS" : "CHIP";
  if (provider === "edenred") return { brand: "edenred", maskedPan: pan(random, "534123"), entryMode, isCredit: false };
  const local = country === "BE" ? "bancontact" : "maestro";
  const brand = random.weighted([
    [provider === "ccv-pay" ? local : "maestro", 50],
    ["visa", 25],
    ["mastercard", 25],
  ] as const);
  return { brand, maskedPan: pan(random, BINS[brand]!), entryMode, isCredit: CREDIT.has(brand) && random.chance(400) };
}

const BINS: Readonly<Record<string, string>> = {
  bancontact: "670300",
  maestro: "673400",
  visa: "455671",
  mastercard: "541333",
};
const CREDIT = new Set(["visa", "mastercard"]);

function pan(random: Random, bin: string): string {
  return `${bin}XXXXXX${random.digits(4)}`;
}

function reasonOf(result: Result, provider: Purchase["provider"]): { reason?: string } {
  if (result === "refused") return { reason: provider === "edenred" ? "insufficient_balance" : "card_refused" };
  return result === "failed" ? { reason: provider === "edenred" ? "no_answer" : "processing_error" } : {};
}

function webSale({ random, ids, world }: Till, time: string): Purchase {
  const brand = random.weighted([
    ["bancontact", 45],
    ["ideal", 35],
    ["visa", 20],
  ] as const);
  const result = random.weighted(WEB_RESULTS);
  return {
    key: ids.key(),
    ...world.accounts["ccv-pay"],
    type: "SALE",
    zone: "Europe/Brussels",
    time,
    amountMinor: BigInt(random.int(240, 1_800) * 5),
    card: {
      brand,
      ...(brand === "visa" && { maskedPan: pan(random, BINS.visa!) }),
      entryMode: "ECOM",
      isCredit: false,
    },
    reference: ids.ccv("C", time),
    known: "provider",
    result,
    ...(result === "failed" && { reason: "expired" }),
    ...(result === "refused" && { reason: "card_refused" }),
    merchantReference: ids.order(),
  };
}

const WEB_RESULTS: readonly (readonly [Result, number])[] = [
  ["approved", 90],
  ["cancelled", 5],
  ["refused", 3],
  ["failed", 2],
];
