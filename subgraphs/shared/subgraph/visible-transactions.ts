import { familyOfId } from "../ids.ts";
import { FAMILIES, type Family } from "../vocabulary.ts";
import type { RequestContext } from "./request-context.ts";

/**
 * Which rows of the transaction table `t` exist for a caller who asks by id; every subgraph that answers by id uses it,
 * or a hidden row would show through one of them. A provisional row that a better one replaced is gone for good, and
 * what waits for a person is there only where the caller may see that. $1: merchants, $2: merchants with the latter.
 */
export const VISIBLE_BY_ID = `t.merchant_id = any($1::text[]) and t.superseded_by is null
  and (t.base_status <> 'MANUAL_INTERVENTION' or t.merchant_id = any($2::text[]))`;

/** $1 and $2 of `VISIBLE_BY_ID`. Throws FORBIDDEN for a caller who may see no transaction at all. */
export function visibleParameters(context: RequestContext): [readonly string[], readonly string[]] {
  return [context.require("transactions:view"), context.merchantsWith("manual-interventions:view")];
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
