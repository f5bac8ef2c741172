import type { Reading, SequenceNumber } from "../../../adapters/adapter.ts";
import { AppError } from "../../shared/errors.ts";
import type { ProviderEvent } from "../../shared/event.ts";
import { BANK } from "./bank-entries.ts";

/**
 * An account that a file is about, the days that its rows are of (`YYYY-MM-DD`), the batches they name, and the numbers of
 * its statements where those stand apart.
 */
export type AccountTally = {
  readonly provider: string;
  readonly account: string;
  readonly firstDate: string;
  readonly lastDate: string;
  readonly batches: ReadonlySet<string>;
  readonly numbers: readonly SequenceNumber[];
};

type Growing = {
  provider: string;
  account: string;
  firstDate: string;
  lastDate: string;
  batches: Set<string>;
  numbers: SequenceNumber[];
};

/** Gathers the accounts of a file as its readings pass by; numbers are those of the provider named. */
export function createAccountTally(numbersProvider: string) {
  const accounts = new Map<string, Growing>();
  let last: Growing | undefined;
  const add = (provider: string, account: string, { date, batch }: { date: string; batch: string | undefined }) => {
    if (last?.account !== account || last.provider !== provider) {
      const key = `${provider}\n${account}`;
      last = accounts.get(key) ?? {
        ...{ provider, account, firstDate: date, lastDate: date },
        ...{ batches: new Set(), numbers: [] },
      };
      accounts.set(key, last);
    }
    if (date < last.firstDate) last.firstDate = date;
    if (date > last.lastDate) last.lastDate = date;
    if (batch !== undefined) last.batches.add(batch);
    return last;
  };
  return {
    watch: async function* (rows: AsyncIterable<readonly Reading[]>): AsyncGenerator<readonly Reading[]> {
      for await (const readings of rows) {
        for (const reading of readings) {
          if (reading.kind === "bank") {
            const { account, bookingDate, statement } = reading.entry;
            add(BANK, account, { date: bookingDate, batch: statement });
          } else if (reading.kind === "event" && reading.event.account !== undefined) {
            const { provider, account, booking } = reading.event;
            add(provider, account, { date: dayOf(reading.event), batch: booking?.batch });
          } else if (reading.kind === "number") {
            const { account, date, number } = reading.statement;
            refuseFuture(number, date);
            add(numbersProvider, account, { date, batch: undefined }).numbers.push(number);
          }
        }
        yield readings;
      }
    },
    all: (): readonly AccountTally[] => [...accounts.values()],
  };
}

/** A number is given out when its day is over; one of a day that has begun nowhere on earth was made up. */
function refuseFuture({ number }: SequenceNumber, date: string): void {
  const latest = new Date(Date.now() + FARTHEST_EAST_MS).toISOString().slice(0, 10);
  if (date <= latest) return;
  throw new AppError(
    "FILE_REJECTED",
    `statement ${number} is of ${date}, a day that is still to come; ask the bank which holds`,
  );
}
const FARTHEST_EAST_MS = 14 * 3_600_000;

function dayOf({ booking, occurredAt }: ProviderEvent): string {
  return booking?.bookingDate ?? occurredAt.at.toISOString().slice(0, 10);
}
