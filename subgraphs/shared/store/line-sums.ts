import type { Booking, ProviderEvent } from "../event.ts";

/** What lines of one batch, payout and kind come to; named as the columns of `booked` are. */
export type LineSum = {
  readonly merchant_id: string;
  readonly batch_id: string | null;
  readonly payout_id: string | null;
  readonly kind: string;
  readonly provider: string;
  readonly account: string | undefined;
  readonly currency: string;
  lines: number;
  gross_minor: bigint;
  fee_minor: bigint;
  net_minor: bigint;
  booking_date: string;
  value_date: string | null;
  /** The first of them. */
  readonly line_number: number;
};

type Line = {
  readonly event: Pick<ProviderEvent, "kind" | "provider" | "account">;
  readonly merchantId: string;
  readonly batchId: string | null;
  readonly payoutId: string | null;
};

/** Sums lines as they are staged, so that the database need not read all of them again: a file has few batches. */
export class LineSums {
  #sums = new Map<string, LineSum>();
  #last: LineSum | undefined;

  add(line: Line, booking: Booking, lineNumber: number): void {
    const { gross, net, bookingDate, valueDate = null } = booking;
    const sum = this.#sumOf(line) ?? this.#begin(line, booking, lineNumber);
    this.#last = sum;
    sum.lines += 1;
    sum.gross_minor += gross.amountMinor;
    sum.fee_minor += net.amountMinor - gross.amountMinor;
    sum.net_minor += net.amountMinor;
    if (bookingDate > sum.booking_date) sum.booking_date = bookingDate;
    if (valueDate !== null && (sum.value_date === null || valueDate > sum.value_date)) sum.value_date = valueDate;
  }

  /** The sums so far; the next begin anew. */
  take(): readonly LineSum[] {
    const sums = [...this.#sums.values()];
    this.#sums = new Map();
    this.#last = undefined;
    return sums;
  }

  /** Most often that of the line before. */
  #sumOf(line: Line): LineSum | undefined {
    const last = this.#last;
    const isLast =
      last?.batch_id === line.batchId &&
      last.payout_id === line.payoutId &&
      last.kind === line.event.kind &&
      last.merchant_id === line.merchantId;
    return isLast ? last : this.#sums.get(keyOf(line));
  }

  #begin(line: Line, booking: Booking, lineNumber: number): LineSum {
    const { kind, provider, account } = line.event;
    const sum: LineSum = {
      ...{ merchant_id: line.merchantId, batch_id: line.batchId, payout_id: line.payoutId },
      ...{ kind, provider, account, currency: booking.net.currency },
      ...{ lines: 0, gross_minor: 0n, fee_minor: 0n, net_minor: 0n },
      ...{ booking_date: booking.bookingDate, value_date: booking.valueDate ?? null, line_number: lineNumber },
    };
    this.#sums.set(keyOf(line), sum);
    return sum;
  }
}

function keyOf({ event, merchantId, batchId, payoutId }: Line): string {
  return `${merchantId}\n${batchId}\n${payoutId}\n${event.kind}`;
}
