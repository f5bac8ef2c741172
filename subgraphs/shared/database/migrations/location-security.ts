/**
 * SQL that holds requests of people who are limited to some locations of a merchant to what is theirs there. A policy
 * that only takes away stands beside the one by merchant, and everybody else pays one comparison a statement for it:
 * `concord.unlimited()` is true or null, and never false, because the planner takes "is not null" to hold for nearly
 * every row and so plans for them as if the policy were not there.
 *
 * @param theirs when a row of a limited merchant shows; without it none does
 */
export function located(table: string, theirs = "false"): string {
  return `
    drop policy if exists location_scope on ${table};
    create policy location_scope on ${table} as restrictive to concord_app
      using ((select concord.unlimited()) is not null
        or not (select concord.limits()) ? merchant_id or (${theirs}));
  `;
}

/** A row with the id of the location it belongs to; without one it is nobody's who is limited. */
export const AT_LOCATION = (column: string) => `(select concord.limits()) -> merchant_id ? ${column}`;

/** A row about a transaction. */
export const OF_TRANSACTION = "concord.sees_transaction(merchant_id, transaction_id)";

/**
 * The same for a table that nobody has said anything else about: closed to the limited. Before the migration that
 * brings the limits there is nothing to hold to; it closes what is there by then.
 */
export function closedToLimited(table: string): string {
  return `
    do $closed$ begin
      if to_regprocedure('concord.unlimited()') is not null then
        ${located(table)}
      end if;
    end $closed$;
  `;
}
