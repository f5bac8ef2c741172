import type { DataSource, MigrationInterface } from "typeorm";
import { type DatabaseAddress, openDatabase } from "./connection.ts";
import { RolesAndScope1764000000001 } from "./migrations/1764000000001-roles-and-scope.ts";
import { Accounts1764000000002 } from "./migrations/1764000000002-accounts.ts";
import { Transactions1764000000003 } from "./migrations/1764000000003-transactions.ts";
import { Details1764000000004 } from "./migrations/1764000000004-details.ts";
import { Settlement1764000000005 } from "./migrations/1764000000005-settlement.ts";
import { Reconciliation1764000000006 } from "./migrations/1764000000006-reconciliation.ts";
import { Delivery1764000000007 } from "./migrations/1764000000007-delivery.ts";
import { Changes1764000000008 } from "./migrations/1764000000008-changes.ts";
import { Intake1764000000009 } from "./migrations/1764000000009-intake.ts";
import { PayoutCredits1764000000020 } from "./migrations/1764000000020-payout-credits.ts";
import { Webhooks1764000000030 } from "./migrations/1764000000030-webhooks.ts";
import { ProviderIdentity1764000000040 } from "./migrations/1764000000040-provider-identity.ts";
import { TraceContext1764000000050 } from "./migrations/1764000000050-trace-context.ts";
import { SenderBinding1764000000052 } from "./migrations/1764000000052-sender-binding.ts";
import { GroupedCredits1764000000053 } from "./migrations/1764000000053-grouped-credits.ts";
import { Decisions1764000000060 } from "./migrations/1764000000060-decisions.ts";
import { Expectations1764000000070 } from "./migrations/1764000000070-expectations.ts";
import { Runs1764000000080 } from "./migrations/1764000000080-runs.ts";
import { BulkClaims1764000000090 } from "./migrations/1764000000090-bulk-claims.ts";
import { AuditPage1764000000100 } from "./migrations/1764000000100-audit-page.ts";
import { UserGroups1764000000110 } from "./migrations/1764000000110-user-groups.ts";
import { Locations1764000000120 } from "./migrations/1764000000120-locations.ts";
import { AuditAndSupport1764000000130 } from "./migrations/1764000000130-audit-and-support.ts";
import { CountWithoutWaiting1764000000140 } from "./migrations/1764000000140-count-without-waiting.ts";
import { ProviderSeen1764000000150 } from "./migrations/1764000000150-provider-seen.ts";
import { RareStates1764000000160 } from "./migrations/1764000000160-rare-states.ts";
import { OutgoingWebhooks1764000000161 } from "./migrations/1764000000161-outgoing-webhooks.ts";
import { HourSums1764000000170 } from "./migrations/1764000000170-hour-sums.ts";
import { Closings1764000000171 } from "./migrations/1764000000171-closings.ts";
import { Exports1764000000180 } from "./migrations/1764000000180-exports.ts";
import { ExportCoverage1764000000181 } from "./migrations/1764000000181-export-coverage.ts";
import { Reports1764000000182 } from "./migrations/1764000000182-reports.ts";
import { Machines1764000000190 } from "./migrations/1764000000190-machines.ts";
import { Invitations1764000000191 } from "./migrations/1764000000191-invitations.ts";
import { LocationVersions1764000000200 } from "./migrations/1764000000200-location-versions.ts";
import { TerminalNumbers1764000000201 } from "./migrations/1764000000201-terminal-numbers.ts";
import { Former1764000000210 } from "./migrations/1764000000210-former.ts";
import { SavedViews1764000000220 } from "./migrations/1764000000220-saved-views.ts";
import { DecimalText1764000000260 } from "./migrations/1764000000260-decimal-text.ts";
import { MemberNames1764000000270 } from "./migrations/1764000000270-member-names.ts";
import { DisputeNotices1764000000280 } from "./migrations/1764000000280-dispute-notices.ts";
import { PlatformChanges1764000000310 } from "./migrations/1764000000310-platform-changes.ts";
import { QuietTriggers1764000000320 } from "./migrations/1764000000320-quiet-triggers.ts";
import { StayInPartition1764000000330 } from "./migrations/1764000000330-stay-in-partition.ts";
import { GrantsOfMany1764000000350 } from "./migrations/1764000000350-grants-of-many.ts";
import { MiddlingMerchants1764000000360 } from "./migrations/1764000000360-middling-merchants.ts";
import { TransactionArn1764000000370 } from "./migrations/1764000000370-transaction-arn.ts";
import { ShareOfPartitions1764000000380 } from "./migrations/1764000000380-share-of-partitions.ts";

/** Brings the database to this program's version, as its owner. Two processes that start at once take turns. */
export async function migrate(address: DatabaseAddress): Promise<{ readonly applied: readonly string[] }> {
  const database = await openOwner(address);
  const runner = database.createQueryRunner();
  try {
    await runner.connect();
    await runner.query("select pg_advisory_lock(4208, 1)");
    await runner.query("create schema if not exists concord");
    const applied = await database.runMigrations({ transaction: "each" });
    return { applied: applied.map(({ name }) => name) };
  } finally {
    await runner.query("select pg_advisory_unlock(4208, 1)").catch(() => undefined);
    await runner.release();
    await database.destroy();
  }
}

/** Undoes the last migration; for development and for the test that every migration can be undone. */
export async function revertLast(address: DatabaseAddress): Promise<void> {
  const database = await openOwner(address);
  try {
    await database.undoLastMigration({ transaction: "each" });
  } finally {
    await database.destroy();
  }
}

/** In the order they run; a database that lacks one is older than this program. */
export const MIGRATIONS = [
  RolesAndScope1764000000001,
  Accounts1764000000002,
  Transactions1764000000003,
  Details1764000000004,
  Settlement1764000000005,
  Reconciliation1764000000006,
  Delivery1764000000007,
  Changes1764000000008,
  Intake1764000000009,
  PayoutCredits1764000000020,
  Webhooks1764000000030,
  ProviderIdentity1764000000040,
  TraceContext1764000000050,
  SenderBinding1764000000052,
  GroupedCredits1764000000053,
  Decisions1764000000060,
  Expectations1764000000070,
  Runs1764000000080,
  BulkClaims1764000000090,
  AuditPage1764000000100,
  UserGroups1764000000110,
  Locations1764000000120,
  AuditAndSupport1764000000130,
  CountWithoutWaiting1764000000140,
  ProviderSeen1764000000150,
  RareStates1764000000160,
  OutgoingWebhooks1764000000161,
  HourSums1764000000170,
  Closings1764000000171,
  Exports1764000000180,
  ExportCoverage1764000000181,
  Reports1764000000182,
  Machines1764000000190,
  Invitations1764000000191,
  LocationVersions1764000000200,
  TerminalNumbers1764000000201,
  Former1764000000210,
  SavedViews1764000000220,
  DecimalText1764000000260,
  MemberNames1764000000270,
  DisputeNotices1764000000280,
  PlatformChanges1764000000310,
  QuietTriggers1764000000320,
  StayInPartition1764000000330,
  GrantsOfMany1764000000350,
  MiddlingMerchants1764000000360,
  TransactionArn1764000000370,
  ShareOfPartitions1764000000380,
] as const satisfies readonly (new () => MigrationInterface)[];

function openOwner(address: DatabaseAddress): Promise<DataSource> {
  return openDatabase(address, {
    role: "owner",
    maxConnections: 2,
    migrations: MIGRATIONS,
    onError: () => undefined,
  });
}
