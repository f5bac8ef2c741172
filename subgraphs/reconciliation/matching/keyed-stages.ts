import type { Rules, Stage } from "./rules.ts";

/** A key that points to a transaction only together with family, type, amount and currency, which must always agree. */
export type KeyedStage = {
  readonly name: Stage;
  /** Condition on a line `l` and a transaction `t`. */
  readonly keys: string;
  /** True for a key of the card networks that is given once: it counts for more than a reference that leads nowhere. */
  readonly outweighsReference: boolean;
};

/** The keyed stages that the rules leave on, strongest key first. */
export function keyedStages({ stages, windows }: Rules): readonly KeyedStage[] {
  const all: readonly KeyedStage[] = [
    { name: "ARN", keys: "l.arn = t.arn", outweighsReference: true },
    {
      name: "RRN",
      keys: `l.rrn = t.rrn and l.terminal_id = t.terminal_id and ${within(`${windows.rrnHours} hours`)}`,
      outweighsReference: true,
    },
    {
      name: "STAN",
      keys: `l.stan = t.stan and l.terminal_id = t.terminal_id and ${within(`${windows.stanHours} hours`)}`,
      outweighsReference: false,
    },
    {
      name: "AUTHORISATION",
      keys: `l.authorisation_code = t.authorisation_code and (l.last4 = t.last4 or l.last4 is null)
      and ${within(`${windows.authorisationHours} hours`)}`,
      outweighsReference: false,
    },
    {
      name: "MERCHANT_REFERENCE",
      keys: `l.merchant_reference = t.merchant_reference and ${within(`${windows.merchantReferenceHours} hours`)}`,
      outweighsReference: false,
    },
    {
      name: "VOUCHER",
      keys: `l.family = 'E_VOUCHER' and l.terminal_id = t.terminal_id and l.payment_method = t.payment_method
      and ${within(`${windows.voucherSeconds} seconds`)}`,
      outweighsReference: false,
    },
  ];
  return all.filter(({ name }) => stages[name]);
}

/** A condition on a loose line `l` and an open transaction `t`: nobody else answers to either one's reference. */
export const REFERENCES_LEAD_NOWHERE = "not t.referred and not l.leads";

function within(interval: string): string {
  return `t.occurred_at between l.occurred_at - interval '${interval}' and l.occurred_at + interval '${interval}'`;
}
