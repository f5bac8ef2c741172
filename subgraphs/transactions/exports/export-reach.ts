import { type Limits, limitsText, PLATFORM } from "../../shared/database/scope.ts";
import { type Grants, type Reach, reachOf } from "../../shared/identity/grants.ts";
import { type Conditions, conditions } from "../../shared/subgraph/conditions.ts";
import { forbidden, type RequestContext } from "../../shared/subgraph/request-context.ts";
import { SETTLEMENT_COLUMNS, tellsOfSettlements } from "./export-columns.ts";
import type { ExportRequest } from "./export-type.ts";

/** What an export may cover: where somebody may both see transactions and take them away. */
export function exportReach(context: RequestContext): Reach {
  const reach = withinBoth(context.reach("exports:create"), context.requireReach("transactions:view"));
  if (reach.merchants.length === 0) throw forbidden("exports:create");
  return reach;
}

export function exportReachOf(grants: Grants): Reach {
  return withinBoth(reachOf(grants, "exports:create"), reachOf(grants, "transactions:view"));
}

function withinBoth(one: Reach, other: Reach): Reach {
  return {
    ...one,
    // What belongs to no single merchant has no transactions.
    merchants: one.merchants.filter((merchant) => merchant !== PLATFORM && other.merchants.includes(merchant)),
    whole: one.whole.filter((merchant) => merchant !== PLATFORM && other.whole.includes(merchant)),
  };
}

/** What an export was asked for, and so all that it can have in it. */
export type Covered = { readonly merchants: readonly string[]; readonly limits: Limits };

/** Whether who has this reach now sees everything that an export of `covered` has in it. */
export function covers(reach: Reach, { merchants, limits }: Covered): boolean {
  return merchants.every((merchant) => {
    if (!reach.merchants.includes(merchant)) return false;
    const now = reach.limits[merchant];
    const then = limits[merchant];
    return now === undefined || (then?.every((location) => now.includes(location)) ?? false);
  });
}

/** Whether who has these grants sees the settlements that an export tells of, if it tells of any. */
export function seesSettlements(
  grants: Grants,
  { merchants, request }: Covered & { readonly request: ExportRequest },
): boolean {
  if (!needsSettlements(request)) return true;
  const seen = reachOf(grants, "settlements:view").merchants;
  return merchants.every((merchant) => seen.includes(merchant));
}

export function needsSettlements({ content, columns }: ExportRequest): boolean {
  return content === "JOURNAL" || columns.some(tellsOfSettlements);
}

/** The exports `t` of who asks that their rights still cover; row level security says the same. $1: merchants. */
export const ownExports = (context: RequestContext): Conditions => ownedBy(context, "t.requested_by");

/** The same for whatever has `merchants`, `limits` and a `request`, and an owner in that column. */
export function ownedBy(context: RequestContext, owner: string): Conditions {
  const { merchants, limits } = exportReach(context);
  const where = conditions([merchants])
    .always("t.merchants <@ $1::text[]")
    .add(`${owner} = ?`, context.identity.userId);
  const columns = where.parameter(SETTLEMENT_COLUMNS);
  const settlements = where.parameter(context.reach("settlements:view").merchants);
  return where
    .always(
      `t.request ->> 'content' <> 'JOURNAL' and not jsonb_exists_any(t.request -> 'columns', ${columns}::text[])
        or t.merchants <@ ${settlements}::text[]`,
    )
    .add(
      `not exists (select from jsonb_each(?::jsonb) l (merchant, locations)
        where l.merchant = any (t.merchants) and not coalesce(l.locations @> (t.limits -> l.merchant), false))`,
      limitsText(limits),
    );
}
