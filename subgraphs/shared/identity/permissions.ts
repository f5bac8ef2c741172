/** What a role may do at a merchant: the one table. A membership gives one role at one merchant. */
export const PERMISSIONS_BY_ROLE = {
  administrator: [
    "accounts:manage",
    "accounts:view",
    "audit:view",
    "files:upload",
    "manual-interventions:view",
    "quarantine:view",
    "reconciliation:confirm",
    "reconciliation:match",
    "reconciliation:resolve",
    "reconciliation:run",
    "reconciliation:view",
    "rules:manage",
    "settlements:view",
    "transactions:view",
  ],
  finance: [
    "accounts:view",
    "files:upload",
    "manual-interventions:view",
    "quarantine:view",
    "reconciliation:confirm",
    "reconciliation:match",
    "reconciliation:resolve",
    "reconciliation:run",
    "reconciliation:view",
    "settlements:view",
    "transactions:view",
  ],
  viewer: ["accounts:view", "reconciliation:view", "settlements:view", "transactions:view"],
  adapter: ["files:upload"],
} as const satisfies Record<string, readonly string[]>;

export type Role = keyof typeof PERMISSIONS_BY_ROLE;
export type Permission = (typeof PERMISSIONS_BY_ROLE)["administrator"][number];

export function roleMay(role: Role, permission: Permission): boolean {
  return (PERMISSIONS_BY_ROLE[role] as readonly Permission[]).includes(permission);
}
