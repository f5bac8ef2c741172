import { addDays, addSeconds } from "./calendar.ts";
import { dispute, followUp, refunds, splitTender } from "./cases.ts";
import { dayOf } from "./period.ts";
import type { Fault, Purchase } from "./purchase.ts";
import type { Till } from "./trade.ts";

/** How many of 100,000 settled purchases each fault meets. Providers publish none; these are on the high side. */
const PER_100_000 = {
  /** A clock that missed a change of the hour, and one that was set to the wrong day. */
  hourOff: 500,
  dayOff: 100,
  /** A reference with one character read wrongly, and one cut off by a screen that was too narrow. */
  misread: 200,
  cutOff: 100,
  forgotten: 300,
  bookedTwice: 100,
  feeDrift: 200,
  /** Another card, the same price and second: two tills that share a printer, or an offline upload. */
  sameSecond: 500,
  /** Two orders of one price that the till gave the same number. */
  reusedOrder: 300,
  refunded: 1_000,
  overRefunded: 50,
  disputed: 100,
  splitTender: 300,
  foreign: 500,
  /** A cake for a wedding, where a wrong match would hurt. */
  large: 1_500,
} as const;

type Meets = (fault: keyof typeof PER_100_000) => boolean;

/**
 * What goes wrong between a terminal and its settlement, over ordinary trade. Only purchases that both a terminal and a
 * settlement tell of can be told of wrongly. Besides these, `simulate` merges two batches into one, and lets the
 * terminals' trace numbers come round.
 */
export function withFaults(till: Till, trade: readonly Purchase[]): readonly Purchase[] {
  return trade.flatMap((ordinary) => {
    if (!ordinary.terminal || ordinary.provider === "ccv-pay" || ordinary.result !== "approved") return [ordinary];
    const meets: Meets = (fault) => till.random.int(1, 100_000) <= PER_100_000[fault];
    const sale = meets("large") ? { ...ordinary, amountMinor: BigInt(till.random.int(2_001, 18_000) * 5) } : ordinary;
    const fault = faultOf(till, sale, meets);
    return fault ? [{ ...sale, ...fault }] : withOthers(till, sale, meets);
  });
}

type Faulty = { readonly fault: Fault; readonly note: string };

/** What one party tells wrongly of this purchase alone. */
function faultOf({ random }: Till, sale: Purchase, meets: Meets): Faulty | undefined {
  const isAdyen = sale.provider === "adyen";
  if (meets("hourOff"))
    return { fault: { toldTime: addSeconds(sale.time, random.chance(500) ? 3600 : -3600) }, note: "hour off" };
  if (meets("dayOff"))
    return { fault: { toldTime: `${addDays(dayOf(sale), -1)}${sale.time.slice(10)}` }, note: "day off" };
  if (meets("forgotten")) return { fault: { booked: "never" }, note: "forgotten" };
  if (isAdyen && meets("bookedTwice")) return { fault: { booked: "twice" }, note: "booked twice" };
  if (isAdyen && meets("feeDrift")) return { fault: { feeDriftMinor: BigInt(random.int(2, 40)) }, note: "fee drift" };
  if (sale.known !== "reference") return undefined;
  if (meets("misread")) {
    const position = random.int(1, sale.reference.length - 2);
    return { fault: { toldReference: misread(sale.reference, position) }, note: "misread" };
  }
  if (meets("cutOff")) return { fault: { toldReference: sale.reference.slice(0, -3) }, note: "cut off" };
  return undefined;
}

function misread(reference: string, position: number): string {
  const digit = reference[position] === "8" ? "3" : "8";
  return reference.slice(0, position) + digit + reference.slice(position + 1);
}

/** What comes of it, or comes close to it. */
function withOthers(till: Till, sale: Purchase, meets: Meets): readonly Purchase[] {
  const isAdyen = sale.provider === "adyen";
  if (meets("sameSecond")) return [sale, beside(till, sale, "same second")];
  if (isAdyen && meets("reusedOrder")) {
    const ordered = { ...sale, merchantReference: `TABLE-${till.random.int(1, 40)}`, note: "reused order" };
    const later = addSeconds(sale.time, till.random.int(60, 3_000));
    const { hostTime: _, ...other } = beside(till, ordered, "reused order");
    return [ordered, { ...other, time: later }];
  }
  if (meets("refunded")) return [sale, ...refunds(till, [sale])];
  if (isAdyen && meets("overRefunded")) return [sale, overRefund(till, sale)];
  if (isAdyen && meets("disputed")) {
    const from = addDays(dayOf(sale), 6);
    return [sale, ...dispute(till, sale, { from, ...(till.random.chance(500) && { returned: addDays(from, 5) }) })];
  }
  if (!isAdyen && sale.known === "reference" && meets("splitTender")) {
    const changed = new Map<string, Purchase>();
    const rest = splitTender(till, [sale], changed);
    return [changed.get(sale.key) ?? sale, ...rest];
  }
  if (isAdyen && meets("foreign")) return [inPounds(till, sale)];
  return [sale];
}

/** Another customer with another card at the same terminal. */
function beside({ random, ids }: Till, sale: Purchase, note: string): Purchase {
  const { terminal = "", card } = sale;
  const stan = ids.stan(terminal);
  return {
    ...sale,
    key: ids.key(),
    reference: sale.provider === "adyen" ? ids.adyen() : ids.edenred(),
    card: { ...card, ...(card.maskedPan && { maskedPan: card.maskedPan.slice(0, -4) + random.digits(4) }) },
    ...(sale.arn && { arn: ids.arn(sale.time) }),
    authCode: ids.authCode(),
    stan,
    rrn: ids.rrn(sale.time, stan),
    hostTime: sale.hostTime ?? sale.time,
    note,
  };
}

/** The clerk gives back a tenth more than was paid. */
function overRefund(till: Till, sale: Purchase): Purchase {
  const amountMinor = sale.amountMinor + (sale.amountMinor + 9n) / 10n;
  return followUp(till, sale, {
    type: "REFUND",
    time: `${addDays(dayOf(sale), 1)} 11:20:40`,
    amountMinor,
    note: "over-refund",
  });
}

/** A tourist pays in pounds; the acquirer settles euro, rounded once. */
function inPounds({ random }: Till, sale: Purchase): Purchase {
  const rate = BigInt(random.int(11_400, 11_900));
  const euroMinor = (sale.amountMinor * rate + 5_000n) / 10_000n;
  const euroPerUnit = `${rate / 10_000n}.${String(rate % 10_000n).padStart(4, "0")}`;
  return { ...sale, foreign: { currency: "GBP", euroPerUnit, euroMinor }, note: "foreign currency" };
}
