import { AppError } from "../../subgraphs/shared/errors.ts";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import { parseAmount } from "../../subgraphs/shared/money.ts";
import { zonedInstant } from "../../subgraphs/shared/time.ts";
import type { ControlTotal } from "../adapter.ts";
import { exactOf, Residual, rounded } from "../readers/exact.ts";
import { monizzeBase, ZONE } from "./monizze-event.ts";
import type { MonizzeHeader, MonizzePayout } from "./monizze-statement.ts";

/** What vouchers say of one payout; amounts as `exactOf` reads them, fees negative. */
type Paid = { readonly booked: Residual; gross: bigint; fees: bigint; isDeclared: boolean };

/** Holds what is paid against what is declared, payout by payout. */
export class MonizzePayouts {
  readonly #paid = new Map<string, Paid>();
  readonly #totals: ControlTotal[] = [];

  /** Counted before a voucher is judged: one that is kept aside is still part of its payout. */
  count(reference: string, { currency }: MonizzeHeader, amount: { gross: bigint; fee: bigint }): void {
    const paid = this.#of(reference, currency);
    paid.gross += amount.gross;
    paid.fees += amount.fee;
  }

  /** What was booked of it, to the cent. */
  book(reference: string, { currency }: MonizzeHeader, exact: bigint, netMinor: bigint): void {
    this.#of(reference, currency).booked.add(exact, netMinor);
  }

  /** What rounding line by line made of it, unless nothing; and the money leaving for the bank. */
  close(payout: MonizzePayout, header: MonizzeHeader): readonly ProviderEvent[] {
    const { currency } = header;
    const paid = this.#of(payout.payoutRef, currency);
    if (paid.isDeclared) throw new AppError("INVALID_INPUT", `the payout ${payout.payoutRef} stands twice`);
    paid.isDeclared = true;
    const [gross, fees] = [exactOf(payout.gross), -exactOf(payout.fees)];
    const net = parseAmount(payout.net, currency, ".").amountMinor;
    const cents = (exact: bigint) => rounded(exact, currency).amountMinor;
    const total = (name: string, expected: bigint, actual: bigint) =>
      this.#totals.push({ name: `${name} of payout ${payout.payoutRef}`, currency, expected, actual });
    total("gross", cents(gross), cents(paid.gross));
    total("fees", cents(fees), cents(paid.fees));
    total("net", net, cents(paid.gross + paid.fees));
    total("gross less fees", net, cents(gross + fees));
    const { minor } = paid.booked;
    return [...(minor === 0n ? [] : [rounding(payout, header, minor)]), transfer(payout, header, net)];
  }

  /** @throws AppError FILE_REJECTED where vouchers are paid with a payout that the statement does not have */
  totals(): readonly ControlTotal[] {
    const [reference] = [...this.#paid].find(([, { isDeclared }]) => !isDeclared) ?? [];
    if (reference === undefined) return this.#totals;
    throw new AppError(
      "FILE_REJECTED",
      `vouchers are paid with "${reference.slice(0, 64)}", which is no payout of this statement; fetch it again`,
    );
  }

  #of(reference: string, currency: string): Paid {
    const known = this.#paid.get(reference);
    if (known) return known;
    const paid = { booked: new Residual(currency), gross: 0n, fees: 0n, isDeclared: false };
    this.#paid.set(reference, paid);
    return paid;
  }
}

function rounding(payout: MonizzePayout, header: MonizzeHeader, minor: bigint): ProviderEvent {
  const nothing = { amountMinor: 0n, currency: header.currency };
  return {
    ...dated("ROUNDING", payout, header),
    identity: `rounding|${payout.payoutRef}`,
    amount: { amountMinor: minor < 0n ? -minor : minor, currency: header.currency },
    booking: {
      ...bookedOn(payout, header),
      gross: nothing,
      fees: { commission: minor },
      net: { amountMinor: minor, currency: header.currency },
    },
  };
}

function transfer(payout: MonizzePayout, header: MonizzeHeader, netMinor: bigint): ProviderEvent {
  const leaving = { amountMinor: -netMinor, currency: header.currency };
  return {
    ...dated("PAYOUT", payout, header),
    identity: `payout|${payout.payoutRef}`,
    amount: { amountMinor: netMinor < 0n ? -netMinor : netMinor, currency: header.currency },
    booking: { ...bookedOn(payout, header), valueDate: payout.valueDate, gross: leaving, fees: {}, net: leaving },
  };
}

function dated(kind: "ROUNDING" | "PAYOUT", { valueDate }: MonizzePayout, header: MonizzeHeader) {
  const occurredAt = zonedInstant(`${valueDate} 00:00:00`, ZONE);
  return { kind, ...monizzeBase(header), occurredAt, rawStatus: "payout" };
}

function bookedOn({ payoutRef }: MonizzePayout, { period }: MonizzeHeader) {
  return { batch: payoutRef, bookingDate: period.to, payoutReference: payoutRef };
}
