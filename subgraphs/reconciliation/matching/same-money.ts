/** A condition on a line `l` and the transaction `t` that it is for; a capture may be for less than was reserved. */
export const SAME_MONEY = "l.match_currency = t.currency and l.match_minor in (t.amount_minor, t.captured_minor)";

/** A condition on a line `l`: a refund that brings money, or a sale that takes it, is no evidence of either; a person has to see it. */
export const WRONG_WAY = `case when l.effect in ('SALE', 'CHARGEBACK_REVERSAL', 'REFUND_REVERSAL') then l.gross_minor < 0
    else l.gross_minor > 0 end`;

/** A condition on a line `l` and its transaction `t`: what is settled of the transaction is in the line's currency, if anything is. */
export const SETTLED_ALIKE = "coalesce(t.settled_currency, l.currency) = l.currency";
