import type { DataSource } from "typeorm";
import type { Scope } from "../../shared/database/scope.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import type { Log } from "../../shared/log.ts";

export type TrialServices = {
  readonly database: DataSource;
  readonly families: FamilyModules;
  readonly log: Log;
  readonly leaseSeconds?: number;
};

/** What a trial may do besides computing: say how far it is. */
export type TrialWork = {
  readonly merchantId: string;
  readonly id: string;
  readonly scope: Scope;
  readonly progress: (done: number, total: number) => Promise<void>;
};

/** Examples that an answer carries at most, of each thing that it counts. */
export const MOST_EXAMPLES = 100;
