import { AppError } from "../../subgraphs/shared/errors.ts";
import type { ProviderEvent } from "../../subgraphs/shared/event.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { BalanceTransaction, eventOf } from "../mollie/balance-transaction.ts";
import { isResource } from "../mollie/resource.ts";
import { readingsOf } from "../readers/closed-list.ts";
import { Residual } from "../readers/exact.ts";
import type { JsonRecord } from "../readers/json.ts";
import { readPage } from "../readers/json-page.ts";

/**
 * Movements of a Mollie balance as the API returns them: a page of them, a bare array, or one alone. Each says what was
 * paid, what Mollie deducted and what moved, with up to four decimals. Movements are booked to the cent; what that
 * leaves over in the file is booked at its end as one line a currency, once it is a cent, so that the file's lines are
 * its exact sum rounded once. A page that overlaps another has a rest of its own: fetch pages that do not.
 *
 * Belgian meal vouchers paid through Mollie: Edenred's are settled by it and are movements like any other; Monizze's and
 * Pluxee's are paid out by their issuer and never move this balance.
 *
 * The balance is named in the page's own link, which stands after the list, so a page is held until it has been read;
 * Mollie's have at most 250. An object or array without that link goes to the account "default".
 */
export const adapter: SettlementAdapter = { name: "mollie-balance-transactions", provider: "mollie", accepts, read };

function accepts(head: string): boolean {
  return isResource(head, /^balance[-_]transaction$/, "balance_transactions");
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const held: JsonRecord[] = [];
  for await (const chunk of readPage(file, ["balance_transactions"])) {
    if ("records" in chunk) {
      held.push(...chunk.records);
      if (held.length > LARGEST_PAGE) {
        throw new AppError(
          "FILE_REJECTED",
          `the page has more than ${LARGEST_PAGE} movements; fetch it in smaller pages`,
        );
      }
      continue;
    }
    if (held.length === 0) throw new AppError("FILE_REJECTED", "the page has no movement; fetch it again");
    yield readingsOfPage(held, accountIn(chunk.envelope));
    const { count } = chunk.envelope;
    if (chunk.lists.includes("balance_transactions") && typeof count === "string" && /^\d{1,9}$/.test(count)) {
      const total = { name: "movements", expected: BigInt(count), actual: BigInt(held.length) };
      yield [{ kind: "control", total }];
    }
  }
}

const LARGEST_PAGE = 50_000;
const DEFAULT_ACCOUNT = "default";

function accountIn({ _links: links }: Readonly<Record<string, unknown>>): string {
  const self = (links as { self?: { href?: unknown } } | undefined)?.self?.href;
  return /\/balances\/(bal_\w+)\//.exec(typeof self === "string" ? self : "")?.[1] ?? DEFAULT_ACCOUNT;
}

function readingsOfPage(records: readonly JsonRecord[], account: string): readonly Reading[] {
  const residuals = new Map<string, Residual>();
  const residualOf = (currency: string) => {
    const residual = residuals.get(currency) ?? new Residual(currency);
    residuals.set(currency, residual);
    return residual;
  };
  const readings = records.flatMap(({ line, raw, value }) =>
    readingsOf({ line, raw: withoutDescriptions(raw) }, () =>
      eventOf(BalanceTransaction.parse(value), account, residualOf),
    ),
  );
  const events = readings.flatMap((reading) => (reading.kind === "event" ? [reading.event] : []));
  let line = records.at(-1)!.line;
  for (const { currency, minor } of residuals.values()) {
    if (minor !== 0n)
      readings.push({ kind: "event", line: ++line, raw: "rounding", event: roundingOf(events, currency, minor) });
  }
  return readings;
}

/** Known by the movements it rounds, so that the same page fetched again brings the same line. */
function roundingOf(events: readonly ProviderEvent[], currency: string, minor: bigint): ProviderEvent {
  const own = events.filter(({ booking }) => booking?.net.currency === currency);
  const [first, last] = [own[0]!, own.at(-1)!];
  const money = { amountMinor: minor, currency };
  return {
    kind: "ROUNDING",
    family: "ACQUIRER",
    provider: "mollie",
    account: first.account!,
    identity: ["rounding", first.identity, last.identity, own.length, currency].join("|"),
    occurredAt: first.occurredAt,
    amount: { amountMinor: minor < 0n ? -minor : minor, currency },
    booking: {
      batch: first.booking!.batch,
      bookingDate: first.booking!.bookingDate,
      gross: money,
      fees: {},
      net: money,
    },
    rawStatus: "rounding",
  };
}

function withoutDescriptions(raw: string): string {
  return raw.replaceAll(/("\w*[dD]escription"\s*:\s*)"[^"\\]*(?:\\.[^"\\]*)*"/g, '$1""');
}
