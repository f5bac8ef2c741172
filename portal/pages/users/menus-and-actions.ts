import type { Action, Menu } from "../../generated/graph/viewer.ts";

/** In the order of the portal's own menu. */
export const MENUS = [
  "TRANSACTIONS",
  "ANALYSIS",
  "SETTLEMENTS",
  "RECONCILIATION",
  "EXPORTS",
  "TERMINALS",
  "USERS",
  "AUDIT",
] as const satisfies readonly Menu[];

/** From looking to ruling. */
export const ACTIONS = [
  "VIEW",
  "EXPORT",
  "UPLOAD",
  "RECONCILE",
  "MATCH",
  "ASSIGN_STATUS",
  "MANAGE",
] as const satisfies readonly Action[];
