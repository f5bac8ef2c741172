import { closedToLimited } from "./location-security.ts";

/**
 * SQL that puts a table under row level security: the app and the worker see the merchants of their transaction's
 * scope, the checker sees all. FORCE holds the owner to it too. `concord.merchants()` raises when no scope is set, since
 * an empty list would look like "no transactions today". Who is limited to some locations sees nothing of it until a
 * migration says with `located` what is theirs.
 */
export function secured(table: string): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy merchant_scope on ${table} to concord_app, concord_worker
      using (merchant_id = any ((select concord.merchants())::text[]))
      with check (merchant_id = any ((select concord.merchants())::text[]));
    create policy checker on ${table} for select to concord_check using (true);
    grant select on ${table} to concord_app, concord_worker, concord_check;
    ${closedToLimited(table)}
  `;
}

/** Lets the worker read rows of every merchant: only for routing tables, where the merchant is what is looked for. */
export function routable(table: string): string {
  return `create policy routing on ${table} for select to concord_worker using (true);`;
}
