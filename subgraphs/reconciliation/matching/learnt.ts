/**
 * What a settlement may add to a transaction whose report had nothing there: column of the transaction, column of the
 * line. A claim keeps which of these it brought as bits in this order, so that nothing may be put before another.
 */
export const LEARNT = [
  ["psp_reference", "reference"],
  ["account", "account"],
  ["merchant_reference", "merchant_reference"],
  ["authorisation_code", "authorisation_code"],
  ["last4", "last4"],
  ["brand", "brand"],
  ["arn", "arn"],
  ["rrn", "rrn"],
  ["stan", "stan"],
  ["ticket", "ticket"],
] as const;

/** The bits of what a line `l` has and a transaction `t` has not. */
export const LEARNT_BITS = `(${LEARNT.map(
  ([column, from], bit) => `case when t.${column} is null and l.${from} is not null then ${2 ** bit} else 0 end`,
).join(" + ")})::smallint`;
