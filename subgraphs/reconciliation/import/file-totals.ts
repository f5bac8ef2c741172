import type { FileTotals } from "../../../adapters/adapter.ts";
import type { ProviderEvent } from "../../shared/event.ts";
import type { Money } from "../../shared/money.ts";

/** Adds what an event books to the totals of its currency. */
export function addTotals(totals: FileTotals, { booking }: ProviderEvent): void {
  if (booking) addMoney(totals, booking);
}

/** Adds signed amounts of one currency; what lies between gross and net is the fee. */
export function addMoney(totals: FileTotals, { gross, net }: { readonly gross: Money; readonly net: Money }): void {
  const { currency } = net;
  totals[currency] ??= { gross: 0n, fee: 0n, net: 0n };
  totals[currency].gross += gross.amountMinor;
  totals[currency].fee += net.amountMinor - gross.amountMinor;
  totals[currency].net += net.amountMinor;
}
