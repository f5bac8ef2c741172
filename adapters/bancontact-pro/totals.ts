import type { ControlTotal, Reading } from "../adapter.ts";
import type { Payment, Payout } from "./records.ts";

type Sums = { payments: bigint; refunds: bigint; paymentAmount: bigint; refundAmount: bigint };

/** What the payouts of a document declare, and what its payments and refunds come to. */
export class Totals {
  readonly #declared: Payout[] = [];
  readonly #sums = new Map<string, Sums>();
  readonly #counts = new Map<string, bigint>();

  count(list: string, records: number): void {
    this.#counts.set(list, (this.#counts.get(list) ?? 0n) + BigInt(records));
  }

  declare(payout: Payout): void {
    this.#declared.push(payout);
  }

  add(kind: "payments" | "refunds", { payoutId, amount }: Payment): void {
    const sums = this.#sums.get(payoutId) ?? { payments: 0n, refunds: 0n, paymentAmount: 0n, refundAmount: 0n };
    this.#sums.set(payoutId, sums);
    sums[kind] += 1n;
    sums[kind === "payments" ? "paymentAmount" : "refundAmount"] += BigInt(amount);
  }

  /** `totalElements` counts one list, and this page's only where there is one page. */
  of(envelope: Readonly<Record<string, unknown>>, lists: readonly string[]): readonly Reading[] {
    const totals: ControlTotal[] = [];
    const { totalElements, totalPages } = envelope;
    const [only, another] = lists;
    if (
      only &&
      !another &&
      totalPages === "1" &&
      typeof totalElements === "string" &&
      /^\d{1,9}$/.test(totalElements)
    ) {
      totals.push({ name: only, expected: BigInt(totalElements), actual: this.#counts.get(only) ?? 0n });
    }
    for (const list of ["payments", "refunds"] as const) {
      if (lists.includes("payouts") && lists.includes(list))
        totals.push(...this.#declared.flatMap((payout) => this.#ofPayout(payout, list)));
    }
    return totals.map((total) => ({ kind: "control", total }));
  }

  #ofPayout(payout: Payout, list: "payments" | "refunds"): readonly ControlTotal[] {
    const sums = this.#sums.get(payout.payoutId);
    const [count, amount] =
      list === "payments"
        ? (["totalPayments", "totalPaymentAmount"] as const)
        : (["totalRefunds", "totalRefundAmount"] as const);
    const actual = list === "payments" ? sums?.paymentAmount : sums?.refundAmount;
    const name = `${list} of payout ${payout.payoutId}`;
    return [
      { name: `number of ${name}`, expected: BigInt(payout[count]), actual: sums?.[list] ?? 0n },
      { name, currency: payout.payoutCurrency, expected: BigInt(payout[amount]), actual: actual ?? 0n },
    ];
  }
}
