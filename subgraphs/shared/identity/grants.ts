import DataLoader from "dataloader";
import { LRUCache } from "lru-cache";
import type { DataSource } from "typeorm";
import { inScope, type Limits, type Transaction } from "../database/scope.ts";
import { type Action, BUILT_IN_GROUPS, type Menu, type Permission, permissionsOf, type Role } from "./permissions.ts";

/** What a user has at one merchant. */
export type Grant = {
  /** For showing; what the user may do is told by `permissions` alone. */
  readonly role: Role;
  /** The group of the merchant's own that the user is in; null where the role names a built-in one. */
  readonly group: OwnGroup | null;
  readonly menus: readonly Menu[];
  readonly actions: readonly Action[];
  readonly permissions: ReadonlySet<Permission>;
  /** Ids of the merchant's locations that the user is limited to; null is all of them, and none is none. */
  readonly locations: readonly string[] | null;
};

export type OwnGroup = { readonly id: string; readonly name: string };

/** What a user has at each merchant; a merchant that is not a key is none of theirs. */
export type Grants = ReadonlyMap<string, Grant>;

/** With `fresh` the database is asked even when an answer is at hand: what changes money must not run on a lost role. */
export type GrantsReader = (userId: string, options?: { readonly fresh?: boolean }) => Promise<Grants>;

/**
 * Reads memberships, and keeps an answer for at most five seconds: that long a lost role still sees. Users who are asked for
 * in one moment share a transaction, so that a crowd that comes back at once does not take every connection.
 */
export function createGrantsReader(database: DataSource, now: () => number = Date.now): GrantsReader {
  const reading = new DataLoader<string, Grants>((users) => readGrants(database, users), {
    cache: false,
    batchScheduleFn: setImmediate,
    maxBatchSize: MOST_TOGETHER,
  });
  const known = new LRUCache<string, { readonly grants: Promise<Grants>; readonly until: number }>({ max: 20_000 });
  return (userId, { fresh = false } = {}) => {
    const at = now();
    const cached = known.get(userId);
    if (cached && !fresh && at < cached.until) return cached.grants;
    const grants = reading.load(userId);
    const entry = { grants, until: at + LONGEST_MS };
    known.set(userId, entry);
    grants.catch(() => known.get(userId) === entry && known.delete(userId));
    return grants;
  };
}

/** Merchants, in a fixed order, where these grants allow it for the whole merchant and not for some locations of it. */
export function merchantsWith(grants: Grants, permission: Permission): readonly string[] {
  return reachOf(grants, permission).whole;
}

/** How far a permission goes. */
export type Reach = {
  /** Merchants, in a fixed order, where the user has it at all. */
  readonly merchants: readonly string[];
  /** Those of them where the user has it everywhere. */
  readonly whole: readonly string[];
  /** The locations that it is for at the others. */
  readonly limits: Limits;
};

export function reachOf(grants: Grants, permission: Permission): Reach {
  const holding = [...grants].filter(([, grant]) => grant.permissions.has(permission));
  const merchants = holding.map(([merchant]) => merchant).sort();
  const limits = limitsOf(new Map(holding));
  return { merchants, whole: merchants.filter((merchant) => !Object.hasOwn(limits, merchant)), limits };
}

export function limitsOf(grants: Grants): Limits {
  return Object.fromEntries(
    [...grants].flatMap(([merchant, { locations }]) => (locations ? [[merchant, locations]] : [])),
  );
}

const LONGEST_MS = 5_000;

const MOST_TOGETHER = 200;

/** Asked in a scope without merchants: the policies `own_grants` show these users' own memberships and nothing else. */
function readGrants(database: DataSource, users: readonly string[]): Promise<Grants[]> {
  const [first = ""] = users;
  return inScope(database, { merchants: [], user: first }, async (transaction) => {
    await transaction.query("select set_config('app.users', $1, true)", [JSON.stringify(users)], "asked-users");
    const found = await grantsOfAll(transaction, users);
    return users.map((user) => found.get(user) ?? new Map());
  });
}

/** In a transaction that acts for the user in the role `app`. */
export async function grantsIn(transaction: Transaction, userId: string): Promise<Grants> {
  return (await grantsOfAll(transaction, [userId])).get(userId) ?? new Map();
}

async function grantsOfAll({ query }: Transaction, users: readonly string[]): Promise<ReadonlyMap<string, Grants>> {
  const rows = await query<MembershipRow & { readonly user_id: string }>(GRANTS, [users], "grants-of-users");
  const found = new Map<string, Map<string, Grant>>();
  for (const { user_id: user, ...row } of rows) {
    const grants = found.get(user) ?? new Map<string, Grant>();
    found.set(user, grants.set(row.merchant_id, grantOf(row)));
  }
  return found;
}

const ENABLED = (columns = "") => `
  select ${columns} m.merchant_id, m.role, m.locations, g.id as group_id, g.name, g.menus, g.actions
  from accounts.membership m left join accounts.user_group g on g.merchant_id = m.merchant_id and g.id = m.group_id
  where m.disabled_at is null`;

/** The one membership of a merchant and a user, as `grantOf` takes it, where it is not disabled. */
export const MEMBER = `${ENABLED()} and m.merchant_id = $1 and m.user_id = $2`;

/** Support access counts while its time runs; who is a member besides is a member. A machine is an adapter. */
const GRANTS = `
  ${ENABLED("m.user_id,")} and m.user_id = any($1::text[])
  union
  select s.user_id, s.merchant_id, 'viewer', null, null, null, null, null from accounts.support_access s
  where s.user_id = any($1::text[]) and s.ended_at is null and s.until > clock_timestamp()
    and not exists (select from accounts.membership m where m.merchant_id = s.merchant_id and m.user_id = s.user_id)
  union
  select 'machine:' || a.id, a.merchant_id, 'adapter', null, null, null, null, null from accounts.machine a
  where a.id = any(array(select substr(name, 9) from unnest($1::text[]) name where name like 'machine:%'))
    and a.revoked_at is null`;

/** A membership with the merchant's own group that it is in, if it is in one. */
export type MembershipRow = {
  readonly merchant_id: string;
  readonly role: Role;
  readonly locations: readonly string[] | null;
  readonly group_id: string | null;
  readonly name: string | null;
  readonly menus: readonly Menu[] | null;
  readonly actions: readonly Action[] | null;
};

/** A membership whose group cannot be read gives nothing. */
export function grantOf({ role, locations, group_id: id, name, menus, actions }: MembershipRow): Grant {
  const opened = role === "member" ? { menus: menus ?? [], actions: actions ?? [] } : BUILT_IN_GROUPS[role];
  const group = id === null || name === null ? null : { id, name };
  return { role, group, ...opened, permissions: new Set<Permission>(permissionsOf(opened)), locations };
}
