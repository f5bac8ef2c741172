import { createHash } from "node:crypto";
import { canonicalJson } from "../../shared/canonical-json.ts";
import type { Scope } from "../../shared/database/scope.ts";
import { type Grants, type Reach, reachOf } from "../../shared/identity/grants.ts";
import { type Caller, forbidden } from "../../shared/subgraph/request-context.ts";
import type { TransactionFilter } from "../transaction-filter.ts";

/** Whose rows a subscription is about. Those with equal keys see the same, and so can share what is read for one. */
export type LiveScope = { readonly reach: Reach; readonly scope: Scope; readonly key: string };

/** @throws FORBIDDEN for who sees no transactions anywhere */
export function liveScopeOf({ identity, grants }: Caller): LiveScope {
  const known = scopes.get(grants);
  if (known) return known;
  const reach = reachOf(grants, "transactions:view");
  const { merchants, limits } = reach;
  if (merchants.length === 0) throw forbidden("transactions:view");
  const scope = { reach, scope: { merchants, limits, user: identity.userId }, key: digest({ merchants, limits }) };
  scopes.set(grants, scope);
  return scope;
}

/** Grants that are read once are told by one object, of one user. */
const scopes = new WeakMap<Grants, LiveScope>();

export function filterKey(filter: TransactionFilter): string {
  return digest(JSON.parse(JSON.stringify(filter, (_, value) => (typeof value === "bigint" ? `${value}` : value))));
}

function digest(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("base64url");
}
