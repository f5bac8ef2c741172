/**
 * SQL for statements that change many transactions `t` at once: since when each stands as it does then. What a statement
 * leaves out a trigger adds, row by row.
 */
export const STAMPED = "changed_at = greatest((select concord.moment()), t.changed_at)";
