import { addDays, addSeconds } from "./calendar.ts";
import { refunds } from "./cases.ts";
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
  /** Another card, the same price and second: two tills that share a printer, or an offline upload. */
  sameSecond: 500,
  refunded: 1_000,
} as const;

/**
 * What goes wrong between a terminal and its settlement, over ordinary trade. Only purchases that both a terminal and a
 * settlement tell of can be told of wrongly.
 */
export function withFaults(till: Till, trade: readonly Purchase[]): readonly Purchase[] {
  return trade.flatMap((sale) => {
    if (!sale.terminal || sale.provider === "ccv-pay" || sale.result !== "approved") return [sale];
    const meets = (fault: keyof typeof PER_100_000) => till.random.int(1, 100_000) <= PER_100_000[fault];
    if (meets("sameSecond")) return [sale, sameSecond(till, sale)];
    if (meets("refunded")) return [sale, ...refunds(till, [sale])];
    const fault = faultOf(till, sale, meets);
    return [fault ? { ...sale, ...fault } : sale];
  });
}

type Faulty = { readonly fault: Fault; readonly note: string };

function faultOf(
  { random }: Till,
  sale: Purchase,
  meets: (fault: keyof typeof PER_100_000) => boolean,
): Faulty | undefined {
  if (meets("hourOff"))
    return { fault: { toldTime: addSeconds(sale.time, random.chance(500) ? 3600 : -3600) }, note: "hour off" };
  if (meets("dayOff"))
    return { fault: { toldTime: `${addDays(dayOf(sale), -1)}${sale.time.slice(10)}` }, note: "day off" };
  if (meets("forgotten")) return { fault: { booked: "never" }, note: "forgotten" };
  if (sale.provider === "adyen" && meets("bookedTwice")) return { fault: { booked: "twice" }, note: "booked twice" };
  if (sale.known !== "reference") return undefined;
  if (meets("misread"))
    return {
      fault: { toldReference: misread(sale.reference, random.int(1, sale.reference.length - 2)) },
      note: "misread",
    };
  if (meets("cutOff")) return { fault: { toldReference: sale.reference.slice(0, -3) }, note: "cut off" };
  return undefined;
}

function misread(reference: string, position: number): string {
  const digit = reference[position] === "8" ? "3" : "8";
  return reference.slice(0, position) + digit + reference.slice(position + 1);
}

function sameSecond({ random, ids }: Till, sale: Purchase): Purchase {
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
    note: "same second",
  };
}
