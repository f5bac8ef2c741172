import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import type { EventKind } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { lineOf } from "../checkoutcom/breakdown-event.ts";
import { BREAKDOWN, type BreakdownRecord } from "../checkoutcom/columns.ts";
import { FEES, TYPES } from "../checkoutcom/types.ts";
import { readingsOf } from "../readers/closed-list.ts";
import { unknownValue } from "../readers/drift.ts";
import { Residual, rounded } from "../readers/exact.ts";
import { hasColumns, readRecords } from "../readers/records.ts";

/**
 * Checkout.com's settlement breakdown: every movement of one payout, in the currency it is held in, with as many
 * decimals as the fee has. Rows are booked to the cent; what that leaves over of a payout is one line at the end, and so
 * is what was held in reserve, so that the lines make the payout of the payouts report. Columns are found by name, few
 * are required; the report says neither how many rows it has nor where it ends.
 */
export const adapter: SettlementAdapter = {
  name: "checkout-settlement-breakdown",
  provider: "checkoutcom",
  unmarkedEnd: true,
  accepts: (head) => hasColumns(head, ",", ["Payment ID", "Payout ID", "Gross In Holding Currency"]),
  read,
};

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const payouts = new Payouts();
  for await (const { drift, records } of readRecords(file, BREAKDOWN)) {
    yield [...drift, ...records.flatMap((record) => payouts.readingsOf(record))];
  }
  yield payouts.rest();
}

type Payout = { readonly event: ProviderEvent; readonly lines: Residual; reserve: bigint };

/** What the lines of each payout leave over. */
class Payouts {
  readonly #payouts = new Map<string, Payout>();
  #last = 0;

  readingsOf(record: BreakdownRecord): readonly Reading[] {
    this.#last = record.line;
    return readingsOf(record, () => {
      const { event, exact, reserve } = lineOf(record);
      const { batch, net } = event.booking!;
      const key = [event.account, batch, net.currency].join("|");
      const payout = this.#payouts.get(key) ?? { event, lines: new Residual(net.currency), reserve: 0n };
      this.#payouts.set(key, payout);
      payout.lines.add(exact, net.amountMinor);
      payout.reserve += reserve;
      return event;
    }).flatMap((reading) => (reading.kind === "event" ? [...driftOf(record), reading] : [reading]));
  }

  rest(): readonly Reading[] {
    return [...this.#payouts.values()].flatMap(({ event, lines, reserve }) => {
      const { currency } = lines;
      const held = rounded(reserve, currency).amountMinor;
      lines.add(reserve, held);
      return [
        ...this.#line(event, held < 0n ? "RESERVE_HOLD" : "RESERVE_RELEASE", held),
        ...this.#line(event, "ROUNDING", lines.minor),
      ];
    });
  }

  #line({ account, occurredAt, booking }: ProviderEvent, kind: EventKind, minor: bigint): readonly Reading[] {
    if (minor === 0n) return [];
    const { batch, bookingDate, net } = booking!;
    const money = { amountMinor: minor, currency: net.currency };
    const event: ProviderEvent = {
      kind,
      family: "ACQUIRER",
      provider: "checkoutcom",
      ...(account !== undefined && { account }),
      identity: [kind.toLowerCase(), batch, net.currency].join("|"),
      occurredAt,
      amount: { amountMinor: minor < 0n ? -minor : minor, currency: net.currency },
      booking: { batch, bookingDate, gross: money, fees: {}, net: money },
      rawStatus: kind.toLowerCase(),
    };
    this.#last += 1;
    return [{ kind: "event", line: this.#last, raw: "", event }];
  }
}

/** A cost of a kind nobody listed is a cost all the same: it is booked and told. */
function driftOf(record: BreakdownRecord): readonly Reading[] {
  const type = record.text("type").toLowerCase();
  return FEES.has(type) || Object.hasOwn(TYPES, type) ? [] : [unknownValue("type", record.text("type"), record.line)];
}
