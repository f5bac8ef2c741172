import { expect, test } from "vitest";
import { PERMISSIONS_BY_ROLE } from "../../subgraphs/shared/identity/permissions.ts";

/** What the roles have had since before there were user groups: a change of the groups' table must not change them. */
const BOOKS = ["accounts:view", "settlements:view", "transactions:view"];
const READING = [...BOOKS, "reconciliation:view"];
const FINANCE = [
  ...READING,
  "files:upload",
  "manual-interventions:view",
  "quarantine:view",
  "reconciliation:confirm",
  "reconciliation:match",
  "reconciliation:resolve",
  "reconciliation:run",
];
const ROLES = {
  administrator: [...FINANCE, "accounts:manage", "audit:view", "rules:manage"],
  finance: FINANCE,
  viewer: READING,
  adapter: ["files:upload"],
};

test.each(Object.entries(ROLES))("%s may do of what there was then exactly what it could", (role, permissions) => {
  const now = PERMISSIONS_BY_ROLE[role as keyof typeof ROLES].filter((each) => ROLES.administrator.includes(each));
  expect(now.sort()).toEqual([...permissions].sort());
});
