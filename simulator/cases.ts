import { addDays, addSeconds } from "./calendar.ts";
import { dayOf, type Period } from "./period.ts";
import type { Purchase, PurchaseType } from "./purchase.ts";
import { type Till, terminalSale } from "./trade.ts";

/**
 * The cases that a matcher must get right and ordinary trade seldom makes: refunds, disputes, split tender, a payment
 * nobody knows the outcome of, twins, and a pair that nothing tells apart. Each is marked by its note.
 */
export function withCases(till: Till, period: Period, trade: readonly Purchase[]): readonly Purchase[] {
  const day = (offset: number) => addDays(period.from, offset);
  const early = trade.filter((sale) => sale.result === "approved" && !sale.note && dayOf(sale) <= day(5));
  const adyen = early.filter(({ provider, known }) => provider === "adyen" && known === "reference");
  const ccv = early.filter(({ provider, terminal }) => provider === "ccv-pay" && terminal !== undefined);
  const web = early.filter(({ known }) => known === "provider");
  const vouchers = early.filter(({ provider, known }) => provider === "edenred" && known === "reference");
  const changed = new Map<string, Purchase>();
  const added = [
    ...refunds(till, spread(adyen, 7).slice(1)),
    ...refunds(till, spread(ccv, 9).slice(1)),
    ...refunds(till, spread(web, 7).slice(3)),
    ...refunds(till, vouchers.slice(0, 1)),
    ...dispute(till, adyen[0], { from: day(8), returned: day(15) }),
    ...dispute(till, web[0], { from: day(10) }),
    ...splitTender(till, spread(vouchers, 7).slice(1), changed),
    ...twins(till, day(2)),
    ...ambiguousPair(till, day(8)),
  ];
  const doubted = trade.find((sale) => ccv.at(-1)?.key === sale.key);
  if (doubted) changed.set(doubted.key, { ...doubted, result: "manual_intervention", note: "manual intervention" });
  return [...trade.map((sale) => changed.get(sale.key) ?? sale), ...added];
}

/** `count` of them, evenly over the list, so that no two cases meet in one sale. */
function spread(sales: readonly Purchase[], count: number): readonly Purchase[] {
  const step = Math.max(1, Math.trunc(sales.length / count));
  return sales.filter((_, index) => index % step === 0).slice(0, count);
}

/** Every other one in full, the rest in half; the next morning, where it was bought. */
export function refunds(till: Till, sales: readonly Purchase[]): readonly Purchase[] {
  return sales.map((sale, index) => {
    const time = `${addDays(dayOf(sale), 1)} 10:${String(10 + index)}:05`;
    const isFull = index % 2 === 0;
    const amountMinor = isFull ? sale.amountMinor : (sale.amountMinor + 1n) / 2n;
    return followUp(till, sale, { type: "REFUND", time, amountMinor, note: isFull ? "full refund" : "partial refund" });
  });
}

type Dispute = { readonly from: string; readonly returned?: string };

export function dispute(till: Till, sale: Purchase | undefined, { from, returned }: Dispute): readonly Purchase[] {
  if (!sale) return [];
  const { amountMinor } = sale;
  const chargeback = followUp(till, sale, {
    type: "CHARGEBACK",
    time: `${from} 09:30:00`,
    amountMinor,
    note: "chargeback",
  });
  if (!returned) return [chargeback];
  const reversal = followUp(till, chargeback, {
    type: "CHARGEBACK_REVERSAL",
    time: `${returned} 09:45:00`,
    amountMinor,
    note: "chargeback reversal",
  });
  return [chargeback, { ...reversal, reference: `${chargeback.reference}-reversed` }];
}

type FollowUp = {
  readonly type: PurchaseType;
  readonly time: string;
  readonly amountMinor: bigint;
  readonly note: string;
};

export function followUp(till: Till, original: Purchase, { type, time, amountMinor, note }: FollowUp): Purchase {
  const { ids } = till;
  const { family, provider, account, terminal, zone, card, product, known, merchantReference } = original;
  const atTerminal = type === "REFUND" && terminal !== undefined;
  const stan = atTerminal ? ids.stan(terminal) : undefined;
  return {
    ...{ key: ids.key(), family, provider, account, type, zone, time, amountMinor, card, result: "approved", note },
    reference: provider === "adyen" ? ids.adyen() : provider === "edenred" ? ids.edenred() : ids.ccv("C", time),
    known: atTerminal ? known : "provider",
    original: original.type === "CHARGEBACK" ? (original.original ?? original) : original,
    ...(atTerminal && { terminal, authCode: ids.authCode() }),
    ...(stan && { stan, rrn: ids.rrn(time, stan) }),
    ...(product && { product }),
    ...(merchantReference && { merchantReference }),
  };
}

/** The voucher pays up to its balance and a card the rest: one ticket, two transactions of different families. */
export function splitTender(
  till: Till,
  vouchers: readonly Purchase[],
  changed: Map<string, Purchase>,
): readonly Purchase[] {
  return vouchers.flatMap((voucher) => {
    if (!voucher.terminal) return [];
    const ticket = `${voucher.terminal}-${voucher.stan}`;
    const time = addSeconds(voucher.time, 41);
    const rest = terminalSale(till, { terminal: voucher.terminal, time, provider: "ccv-pay" });
    const requestedMinor = voucher.amountMinor + rest.amountMinor;
    changed.set(voucher.key, { ...voucher, requestedMinor, ticket, note: "split tender" });
    return [{ ...rest, ticket, note: "split tender" }];
  });
}

/** Two customers, one second, one price, one offline terminal: the journal has the same line twice. */
function twins(till: Till, date: string): readonly Purchase[] {
  const time = `${date} 12:07:33`;
  const {
    stan: _stan,
    rrn: _rrn,
    ...first
  } = terminalSale(till, { terminal: till.world.terminals[1]!, time, provider: "adyen" });
  const twin: Purchase = { ...first, hostTime: time, known: "authorisation", note: "identical twins" };
  const { ids } = till;
  return [twin, { ...twin, key: ids.key(), reference: ids.adyen(), arn: ids.arn(time) }];
}

/**
 * One card, one price and one authorisation code of an offline approval, in two towns, sent to the acquirer together.
 * The terminals know nothing else, and the two cost different fees: whoever pairs them is guessing.
 */
function ambiguousPair(till: Till, date: string): readonly Purchase[] {
  const shared = {
    amountMinor: 650n,
    authCode: "Y10001",
    hostTime: `${date} 16:20:23`,
    known: "authorisation",
    note: "ambiguous pair",
  } as const;
  const card = { brand: "visa", maskedPan: "455671XXXXXX7788", entryMode: "CHIP" } as const;
  return [
    { terminal: till.world.terminals[0]!, time: `${date} 16:20:05`, isCredit: false },
    { terminal: till.world.terminals[4]!, time: `${date} 16:20:41`, isCredit: true },
  ].map(({ terminal, time, isCredit }) => {
    return { ...terminalSale(till, { terminal, time, provider: "adyen" }), ...shared, card: { ...card, isCredit } };
  });
}
