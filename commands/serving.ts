import type { DataSource } from "typeorm";
import { subgraph as accounts } from "../subgraphs/accounts/subgraph.ts";
import { subgraph as acquirers } from "../subgraphs/acquirers/subgraph.ts";
import { subgraph as ccvPay } from "../subgraphs/ccv-pay/subgraph.ts";
import { subgraph as eVouchers } from "../subgraphs/e-vouchers/subgraph.ts";
import { subgraph as reconciliation } from "../subgraphs/reconciliation/subgraph.ts";
import { createGrantsReader } from "../subgraphs/shared/identity/grants.ts";
import { createSignIns } from "../subgraphs/shared/identity/sign-ins.ts";
import type { VerifyToken } from "../subgraphs/shared/identity/verify-token.ts";
import type { Subgraph } from "../subgraphs/shared/subgraph/define-subgraph.ts";
import type { Services } from "../subgraphs/shared/subgraph/request-context.ts";
import { subgraph as transactions } from "../subgraphs/transactions/subgraph.ts";
import { cursorKeys } from "./kept-secret.ts";
import type { System } from "./open-system.ts";

export const SUBGRAPHS: readonly Subgraph[] = [transactions, ccvPay, eVouchers, acquirers, reconciliation, accounts];

/** What subgraphs answer requests with; the database is opened in the role that owns nothing. */
export async function subgraphServices(
  system: System,
  subgraphs: readonly Subgraph[],
  identity: { readonly verifyToken: VerifyToken },
): Promise<Services> {
  const entities = [...new Set(subgraphs.flatMap((subgraph) => subgraph.entities))];
  const database = await system.open("app", 4 + 2 * subgraphs.length, entities);
  return {
    database,
    verifyToken: identity.verifyToken,
    grantsOf: createGrantsReader(database),
    noteSignIn: createSignIns(database, system.log),
    cursorKey: await cursorKeys(system.config),
    log: system.log,
    forceLimits: system.config.forceLimits,
    webhooksPrivate: system.config.webhooksPrivate,
    ...(subgraphs.includes(transactions) && { changes: system.followChanges(database) }),
  };
}

/** True when the database answers. */
export async function answers(database: DataSource): Promise<boolean> {
  return database.query("select 1").then(
    () => true,
    () => false,
  );
}
