/** A condition on a line `l` and the transaction `t` that it is for; a capture may be for less than was reserved. */
export const SAME_MONEY = "l.match_currency = t.currency and l.match_minor in (t.amount_minor, t.captured_minor)";
