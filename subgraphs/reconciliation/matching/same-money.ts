/** A condition on a line `l` and the transaction `t` that it is for; a capture may be for less than was reserved. */
export const SAME_MONEY = "l.match_currency = t.currency and l.match_minor in (t.amount_minor, t.captured_minor)";

/** A condition on the same two: what is settled of the transaction is in the line's currency, if anything is. */
export const SETTLED_ALIKE = "coalesce(t.settled_currency, l.currency) = l.currency";
