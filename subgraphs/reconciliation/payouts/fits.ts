/** Conditions on an open payout `p`, each once a way, and an open bank entry `e`. */

/** A short reference is found in any text. */
const SHORTEST_REFERENCE = 6;
const DAYS_EARLY = 3;
const DAYS_LATE = 10;

/** The entry's text has the payout's reference. */
export const NAMED = `(length(p.whole) >= ${SHORTEST_REFERENCE} and position(p.whole in e.words) > 0
      or length(p.first_word) >= ${SHORTEST_REFERENCE} and p.first_word ~ '[0-9]' and position(p.first_word in e.words) > 0)`;

/** The entry's text names the provider. */
export const BY_PROVIDER = "e.words ~ p.names";

export const OF_AMOUNT = `e.amount_minor = case p.way when 'PAID' then p.amount_minor else -p.amount_minor end and ${BY_PROVIDER}`;

/** Money that goes the payout's way is the payout; money that goes the other way and is a reversal takes it back. */
const SAME_WAY = `case p.way
      when 'PAID' then sign(e.amount_minor) = sign(p.amount_minor) and not e.reversal
      else sign(e.amount_minor) = -sign(p.amount_minor) and e.reversal end`;

export const COULD_BE = `e.currency = p.currency and ${SAME_WAY}
      and e.booking_date between p.expected - ${DAYS_EARLY} and p.expected + ${DAYS_LATE}`;
