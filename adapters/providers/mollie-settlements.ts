import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { isResource } from "../mollie/resource.ts";
import { Settlement } from "../mollie/settlement.ts";
import { linesOf } from "../mollie/settlement-lines.ts";
import { meaningIn, readingsOf } from "../readers/closed-list.ts";
import type { JsonRecord } from "../readers/json.ts";
import { readPage } from "../readers/json-page.ts";

/**
 * Settlements as Mollie's API returns them: a page of them, a bare array, or one alone. A settlement does not name its
 * payments; it sums them per month and method, with four decimals, and the payout is the exact sum rounded once. Each
 * group is booked to the cent and what that rounding leaves over is a line of its own.
 *
 * For one account import settlements or `mollie-balance-transactions`, which names each payment: both are the same
 * money. They go by different accounts (customer number here, balance there), so that one of them can be left unmapped.
 */
export const adapter: SettlementAdapter = { name: "mollie-settlements", provider: "mollie", accepts, read };

function accepts(head: string): boolean {
  return isResource(head, /^settlement$/, "settlements");
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const rows = new Rows();
  let settlements = 0n;
  for await (const chunk of readPage(file, ["settlements"])) {
    if ("records" in chunk) {
      settlements += BigInt(chunk.records.length);
      yield chunk.records.flatMap((record) => rows.of(record));
      continue;
    }
    if (settlements === 0n) throw new AppError("FILE_REJECTED", "the page has no settlement; fetch it again");
    const { count } = chunk.envelope;
    if (chunk.lists.includes("settlements") && typeof count === "string" && /^\d{1,9}$/.test(count)) {
      yield [{ kind: "control", total: { name: "settlements", expected: BigInt(count), actual: settlements } }];
    }
    yield rows.totals;
  }
}

/** What became of a settlement's money: only what is paid out is booked, since the rest may still change. */
const STATUSES: Readonly<Record<string, string | null>> = {
  paidout: null,
  open: "not closed yet: its sums still grow",
  pending: "closed and not paid out yet",
  failed: "its transfer failed: the money stays on the balance and comes with a later settlement",
};

/** A settlement is one object and several rows: each has a line of its own, from the object's first on. */
class Rows {
  readonly totals: Reading[] = [];
  #last = 0;

  of({ line, raw, value }: JsonRecord): readonly Reading[] {
    const first = Math.max(line, this.#last + 1);
    this.#last = first;
    const source = { line: first, raw };
    let rest: readonly Reading[] = [];
    const head = readingsOf(source, () => {
      const settlement = Settlement.parse(value);
      const status = settlement.status ?? (settlement.settledAt ? "paidout" : "open");
      const reason = meaningIn(STATUSES, "status", status);
      if (reason !== null) return { skipped: `settlement ${settlement.id} is ${reason}` };
      const { events, currency, paid, explained } = linesOf(settlement);
      if (explained !== undefined) {
        const name = `payout of ${settlement.id} is the sum of its groups`;
        this.totals.push({ kind: "control", total: { name, currency, expected: paid, actual: explained } });
      }
      rest = events.slice(1).map((event) => ({ kind: "event", line: ++this.#last, raw: event.rawStatus, event }));
      return events[0]!;
    });
    return [...head, ...rest];
  }
}
