import { createHash } from "node:crypto";
import { canonicalJson } from "../../shared/canonical-json.ts";
import type { Scope } from "../../shared/database/scope.ts";
import type { Reach } from "../../shared/identity/grants.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import type { TransactionFilter } from "../transaction-filter.ts";

/** Whose rows a subscription is about. Those with equal keys see the same, and so can share what is read for one. */
export type LiveScope = { readonly reach: Reach; readonly scope: Scope; readonly key: string };

export function liveScopeOf(context: RequestContext): LiveScope {
  const reach = context.requireReach("transactions:view");
  const { merchants, limits } = reach;
  return {
    reach,
    scope: { merchants, limits, user: context.identity.userId },
    key: digest({ merchants, limits }),
  };
}

export function filterKey(filter: TransactionFilter): string {
  return digest(JSON.parse(JSON.stringify(filter, (_, value) => (typeof value === "bigint" ? `${value}` : value))));
}

function digest(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("base64url");
}
