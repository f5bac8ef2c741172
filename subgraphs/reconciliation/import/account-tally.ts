import type { Reading } from "../../../adapters/adapter.ts";
import type { ProviderEvent } from "../../shared/event.ts";
import { BANK } from "./bank-entries.ts";

/** An account that rows of a file are about, the days they are of (`YYYY-MM-DD`), and the batches they name. */
export type AccountTally = {
  readonly provider: string;
  readonly account: string;
  readonly firstDate: string;
  readonly lastDate: string;
  readonly batches: ReadonlySet<string>;
};

type Growing = { provider: string; account: string; firstDate: string; lastDate: string; batches: Set<string> };

/** Gathers the accounts of a file as its readings pass by. */
export function createAccountTally() {
  const accounts = new Map<string, Growing>();
  let last: Growing | undefined;
  const add = (provider: string, account: string, { date, batch }: { date: string; batch: string | undefined }) => {
    if (last?.account !== account || last.provider !== provider) {
      const key = `${provider}\n${account}`;
      last = accounts.get(key) ?? { provider, account, firstDate: date, lastDate: date, batches: new Set() };
      accounts.set(key, last);
    }
    if (date < last.firstDate) last.firstDate = date;
    if (date > last.lastDate) last.lastDate = date;
    if (batch !== undefined) last.batches.add(batch);
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
          }
        }
        yield readings;
      }
    },
    all: (): readonly AccountTally[] => [...accounts.values()],
  };
}

function dayOf({ booking, occurredAt }: ProviderEvent): string {
  return booking?.bookingDate ?? occurredAt.at.toISOString().slice(0, 10);
}
