/** Parts of the portal, as a user group opens them. */
export const MENUS = [
  "TRANSACTIONS",
  "ANALYSIS",
  "SETTLEMENTS",
  "RECONCILIATION",
  "EXPORTS",
  "TERMINALS",
  "USERS",
  "AUDIT",
] as const;
export type Menu = (typeof MENUS)[number];

/** What a user group may do in the menus that it opens. */
export const ACTIONS = ["VIEW", "EXPORT", "ASSIGN_STATUS", "RECONCILE", "MATCH", "UPLOAD", "MANAGE"] as const;
export type Action = (typeof ACTIONS)[number];

/** What each permission needs of a user group: the one table. Whoever has the menu and the action has the permission. */
const NEEDS = {
  "accounts:manage": ["USERS", "MANAGE"],
  "accounts:view": ["TERMINALS", "VIEW"],
  "analysis:view": ["ANALYSIS", "VIEW"],
  "audit:view": ["AUDIT", "VIEW"],
  "closings:close": ["TRANSACTIONS", "ASSIGN_STATUS"],
  "closings:view": ["TRANSACTIONS", "VIEW"],
  "exports:create": ["EXPORTS", "EXPORT"],
  "files:upload": ["SETTLEMENTS", "UPLOAD"],
  "manual-interventions:view": ["TRANSACTIONS", "ASSIGN_STATUS"],
  "quarantine:view": ["RECONCILIATION", "RECONCILE"],
  "reconciliation:confirm": ["RECONCILIATION", "MATCH"],
  "reconciliation:match": ["RECONCILIATION", "MATCH"],
  "reconciliation:resolve": ["RECONCILIATION", "MATCH"],
  "reconciliation:run": ["RECONCILIATION", "RECONCILE"],
  "reconciliation:view": ["RECONCILIATION", "VIEW"],
  "rules:manage": ["RECONCILIATION", "MANAGE"],
  "settlements:view": ["SETTLEMENTS", "VIEW"],
  "transactions:assign-status": ["TRANSACTIONS", "ASSIGN_STATUS"],
  "transactions:correct-status": ["TRANSACTIONS", "MANAGE"],
  "transactions:view": ["TRANSACTIONS", "VIEW"],
  "webhooks:manage": ["USERS", "MANAGE"],
} as const satisfies Record<string, readonly [Menu, Action]>;
export type Permission = keyof typeof NEEDS;

/** What a user group opens. */
export type Opened = { readonly menus: readonly Menu[]; readonly actions: readonly Action[] };

export function permissionsOf({ menus, actions }: Opened): readonly Permission[] {
  return (Object.keys(NEEDS) as Permission[]).filter((permission) => {
    const [menu, action] = NEEDS[permission];
    return menus.includes(menu) && actions.includes(action);
  });
}

const BOOKS = ["TRANSACTIONS", "ANALYSIS", "SETTLEMENTS", "EXPORTS", "TERMINALS"] as const;

/** The user groups that every merchant has and nobody changes. A membership in one is called by its role. */
export const BUILT_IN_GROUPS = {
  administrator: { menus: MENUS, actions: ACTIONS },
  finance: {
    menus: [...BOOKS, "RECONCILIATION"],
    actions: ["VIEW", "EXPORT", "ASSIGN_STATUS", "RECONCILE", "MATCH", "UPLOAD"],
  },
  viewer: { menus: [...BOOKS, "RECONCILIATION"], actions: ["VIEW", "EXPORT"] },
  location_manager: { menus: BOOKS, actions: ["VIEW", "EXPORT", "ASSIGN_STATUS"] },
  adapter: { menus: ["SETTLEMENTS"], actions: ["UPLOAD"] },
} as const satisfies Record<string, Opened>;
export type BuiltInRole = keyof typeof BUILT_IN_GROUPS;

/** `member` is whoever is in a group of the merchant's own: what that may do stands in the group. */
export type Role = BuiltInRole | "member";

export const PERMISSIONS_BY_ROLE = Object.fromEntries(
  Object.entries(BUILT_IN_GROUPS).map(([role, opened]) => [role, permissionsOf(opened)]),
) as unknown as Readonly<Record<BuiltInRole, readonly Permission[]>>;

export function roleMay(role: Role, permission: Permission): boolean {
  return role !== "member" && PERMISSIONS_BY_ROLE[role].includes(permission);
}
