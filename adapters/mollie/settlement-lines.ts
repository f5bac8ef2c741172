import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Booking, Fees, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { instantOf } from "../../subgraphs/shared/time.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import { Residual, rounded } from "../readers/exact.ts";
import { instrumentBehind } from "../vouchers/behind-acquirer.ts";
import { exactMoney, sameCurrency } from "./resource.ts";
import { groupsOf, type PeriodGroup, type Settlement } from "./settlement.ts";

/** What a settlement books, and how its lines and its payout compare: both in minor units of its currency. */
export type SettlementLines = {
  readonly events: readonly ProviderEvent[];
  readonly currency: string;
  readonly paid: bigint;
  /** The exact sum of the groups, rounded once; absent where the settlement gives none. */
  readonly explained?: bigint;
};

/**
 * The lines of a paid settlement: what each method brought or took, what Mollie charged for it, what rounding them one
 * by one left over, and the payout. They net to zero where the settlement foots.
 */
export function linesOf(settlement: Settlement): SettlementLines {
  const { exact, currency } = exactMoney(settlement.amount);
  const paid = rounded(exact, currency).amountMinor;
  const facts = factsOf(settlement, currency);
  const residual = new Residual(currency);
  const seen = new Map<string, number>();
  const events = groupsOf(settlement).map((entry) => {
    const line = entry.side === "revenue" ? revenueOf(entry, currency) : costOf(entry, currency);
    residual.add(line.exact, line.net);
    return groupEvent(facts, entry, line, seen);
  });
  const payout = moneyRow(facts, "PAYOUT", "payout", -paid);
  if (events.length === 0) return { events: [payout], currency, paid };
  const rest = residual.minor === 0n ? [] : [moneyRow(facts, "ROUNDING", "rounding", residual.minor)];
  return { events: [...events, ...rest, payout], currency, paid, explained: residual.total };
}

type Facts = {
  readonly id: string;
  readonly account: string;
  readonly reference: string;
  readonly settledAt: string;
  readonly currency: string;
};

function factsOf({ id, reference, settledAt }: Settlement, currency: string): Facts {
  if (!reference || !settledAt) {
    throw new AppError("INVALID_INPUT", `settlement ${id} is paid out and has no reference or no settledAt`);
  }
  // Mollie numbers settlements as customer.yymm.number, and the bank line shows that reference.
  return { id, reference, settledAt, currency, account: reference.split(".")[0]! };
}

type Line = { readonly exact: bigint; readonly gross: bigint; readonly fees: Fees; readonly net: bigint };

/** Refund groups of old API versions have a gross without its sign, so the net is what counts; no tax is in either. */
function revenueOf({ group }: PeriodGroup, currency: string): Line {
  const exact = sameCurrency(group.amountNet, currency);
  const gross = group.amountGross ? sameCurrency(group.amountGross, currency) : exact;
  if (sameCurrency(group.amountVat, currency) !== 0n || (gross !== exact && gross !== -exact)) {
    throw new AppError("INVALID_AMOUNT", `the revenue "${group.description.slice(0, 40)}" has another gross than net`);
  }
  const net = rounded(exact, currency).amountMinor;
  return { exact, gross: net, fees: {}, net };
}

function costOf({ group }: PeriodGroup, currency: string): Line {
  const net = sameCurrency(group.amountNet, currency);
  const vat = sameCurrency(group.amountVat, currency);
  const exact = -(group.amountGross ? sameCurrency(group.amountGross, currency) : net + vat);
  if (exact !== -(net + vat)) {
    const what = `the costs "${group.description.slice(0, 40)}"`;
    throw new AppError("INVALID_AMOUNT", `${what} have a gross that is not net and VAT together`);
  }
  const total = rounded(exact, currency).amountMinor;
  const tax = rounded(-vat, currency).amountMinor;
  return { exact, gross: 0n, fees: { commission: total - tax, tax }, net: total };
}

function groupEvent(facts: Facts, entry: PeriodGroup, line: Line, seen: Map<string, number>): ProviderEvent {
  const { period, side, group } = entry;
  const method = group.method ?? "";
  const key = [period, side, method, group.description].join("|");
  const nth = (seen.get(key) ?? 0) + 1;
  seen.set(key, nth);
  const words = [method, group.description];
  return {
    ...moneyRow(facts, kindOf(entry, line.net), `${key}|${nth}`, line.net),
    ...instrumentBehind({ ...(method !== "" && { method }), acquirer: "mollie" }, { words }),
    booking: { ...bookingOf(facts), ...moneyOf(line, facts.currency) },
    rawStatus: `${side} ${method}: ${group.description}`.slice(0, LONGEST_STATUS),
  };
}

/** A group is a sum over payments that the settlement does not name, so it is money without a transaction. */
function kindOf({ side, group }: PeriodGroup, net: bigint): EventKind {
  if (/reserve/i.test(`${group.method} ${group.description}`)) return net < 0n ? "RESERVE_HOLD" : "RESERVE_RELEASE";
  if (side === "costs") return "FEE";
  return net < 0n ? "COLLECTION" : "DISBURSEMENT";
}

function moneyRow(facts: Facts, kind: EventKind, identity: string, net: bigint): ProviderEvent {
  return {
    kind,
    family: "ACQUIRER",
    provider: "mollie",
    account: facts.account,
    identity: `${facts.id}|${identity}`,
    occurredAt: instantOf(facts.settledAt),
    amount: { amountMinor: net < 0n ? -net : net, currency: facts.currency },
    booking: { ...bookingOf(facts), ...moneyOf({ gross: net, fees: {}, net }, facts.currency) },
    rawStatus: kind.toLowerCase(),
  };
}

type BookedMoney = Pick<Booking, "gross" | "fees" | "net">;

function moneyOf({ gross, fees, net }: Omit<Line, "exact">, currency: string): BookedMoney {
  return { gross: { amountMinor: gross, currency }, fees, net: { amountMinor: net, currency } };
}

function bookingOf({ id, reference, settledAt }: Facts): Pick<Booking, "batch" | "bookingDate" | "payoutReference"> {
  const bookingDate = instantOf(settledAt).at.toISOString().slice(0, 10);
  return { batch: id, bookingDate, payoutReference: reference };
}

const LONGEST_STATUS = 80;
