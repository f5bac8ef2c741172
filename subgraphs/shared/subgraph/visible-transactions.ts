import { inAnyFamily } from "../database/in-any-family.ts";
import { limitsText } from "../database/scope.ts";
import type { Reach } from "../identity/grants.ts";
import { familyOfId } from "../ids.ts";
import { FAMILIES, type Family } from "../vocabulary.ts";
import type { Conditions } from "./conditions.ts";
import type { RequestContext } from "./request-context.ts";

/**
 * Which rows of the transaction table `t` exist for a caller who asks by id; every subgraph that answers by id uses it,
 * or a hidden row would show through one of them. A provisional row that a better one replaced is gone for good, and
 * what waits for a person is there only where the caller may see that, and nothing beyond the locations that the caller
 * is limited to. $1: merchants, $2: merchants where what waits is seen, $3: limits.
 */
export const VISIBLE_BY_ID = `t.merchant_id = any($1::text[]) and t.superseded_by is null
  and (t.base_status <> 'MANUAL_INTERVENTION' or t.merchant_id = any($2::text[]))
  and ($3::jsonb is null or ${within("$3", "t.location_id")})`;

/** $1, $2 and $3 of `VISIBLE_BY_ID`. Throws FORBIDDEN for a caller who may see no transaction at all. */
export function visibleParameters(
  context: RequestContext,
): [merchants: readonly string[], waiting: readonly string[], limits: string | null] {
  const { merchants, limits } = context.requireReach("transactions:view");
  return [merchants, context.reach("manual-interventions:view").merchants, limitsText(limits)];
}

/** Narrows a list of `t` to the locations that the caller is limited to. A row without one is nobody's who is. */
export function withinLimits(where: Conditions, { limits }: Reach): Conditions {
  return where.add(within("?", "t.location_id"), limitsText(limits));
}

/** The same for what hangs on a transaction. */
export function withinLimitsOfTransaction(where: Conditions, { limits }: Reach): Conditions {
  const within = `not jsonb_exists(?::jsonb, t.merchant_id) or ${transactionWithin("?", "t")}`;
  return where.add(within, limitsText(limits));
}

/** SQL: whether the transaction that a row of `from` is about is at one of the locations; `limits` is a placeholder. */
export function transactionWithin(limits: string, from: string): string {
  return `exists (
    select from transactions.transaction about
    where about.merchant_id = ${from}.merchant_id and ${inAnyFamily("about")}
      and about.id = ${from}.transaction_id and jsonb_exists(${limits}::jsonb -> about.merchant_id, about.location_id))`;
}

/** `jsonb_exists` is the operator whose name stands for a parameter in `conditions`. */
function within(limits: string, location: string): string {
  return `not jsonb_exists(${limits}::jsonb, t.merchant_id) or jsonb_exists(${limits}::jsonb -> t.merchant_id, ${location})`;
}

/** Ids by the family their prefix tells, so that a read goes to one partition; what is no id of ours is left out. */
export function idsByFamily(ids: readonly string[]): ReadonlyMap<Family, readonly string[]> {
  const byFamily = new Map<Family, string[]>();
  for (const family of FAMILIES) {
    const members = ids.filter((id) => familyOfId(id) === family);
    if (members.length > 0) byFamily.set(family, members);
  }
  return byFamily;
}

/** The id in a reference, or null when what was sent has none. */
export function idIn(reference: Readonly<Record<string, unknown>>): string | null {
  const id = reference["id"];
  return typeof id === "string" ? id : null;
}
