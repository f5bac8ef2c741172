import type { Booking, ProviderEvent } from "../../shared/event.ts";
import { PREFIXES, stableId } from "../../shared/ids.ts";

export type GroupIds = {
  readonly batch: (event: ProviderEvent, merchantId: string, booking: Booking) => string;
  readonly payout: (event: ProviderEvent, merchantId: string, booking: Booking) => string | null;
  /** Every batch and payout so far, by id. */
  readonly names: ReadonlyMap<string, string>;
};

/**
 * Ids of batches and payouts, each known by its name within one account and currency. A file has few of them, and each
 * of its rows names one, most often that of the row before.
 */
export function createGroupIds(): GroupIds {
  const names = new Map<string, string>();
  const batch = remembered(PREFIXES.batch, names);
  const payout = remembered(PREFIXES.payout, names);
  return {
    batch: (event, merchantId, booking) => batch(event, merchantId, booking.net.currency, booking.batch),
    payout: (event, merchantId, { net, payoutReference }) =>
      payoutReference === undefined ? null : payout(event, merchantId, net.currency, payoutReference),
    names,
  };
}

type Remembered = (event: ProviderEvent, merchantId: string, currency: string, name: string) => string;

function remembered(prefix: string, names: Map<string, string>): Remembered {
  const ids = new Map<string, string>();
  let last = { provider: "", account: "", merchantId: "", currency: "", name: "", id: "" };
  return ({ provider, account = "" }, merchantId, currency, name) => {
    const isLast =
      last.name === name &&
      last.account === account &&
      last.currency === currency &&
      last.merchantId === merchantId &&
      last.provider === provider;
    if (isLast && last.id !== "") return last.id;
    const scope = `${provider}\n${merchantId}\n${account}\n${currency}`;
    const key = `${scope}\n${name}`;
    const id = ids.get(key) ?? stableId(prefix, scope, name);
    ids.set(key, id);
    names.set(id, name);
    last = { provider, account, merchantId, currency, name, id };
    return id;
  };
}
