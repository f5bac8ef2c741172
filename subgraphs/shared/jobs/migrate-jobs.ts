import { runMigrations } from "bullmq";
import pg from "pg";

/**
 * Brings the job store's schema `bullmq` up to date, and lets other roles add and process jobs. Run it as the owner; any
 * number of processes may do so at once.
 * @param grantTo roles that get `USAGE` on the schema, read and write on its tables, and its sequences. They need no
 * right to create: every job of ours has an id, so that none is counted from a sequence made on the way.
 */
export async function migrateJobs(owner: pg.ClientConfig, grantTo: readonly string[] = []): Promise<void> {
  const client = new pg.Client({ ...owner, types: pg.types });
  await client.connect();
  try {
    // Two grants on one object at once fail with "tuple concurrently updated".
    await client.query("select pg_advisory_lock(hashtext('concord:migrate-jobs'))");
    await runMigrations(client);
    for (const role of grantTo.map((name) => pg.escapeIdentifier(name))) {
      await client.query(`grant usage on schema bullmq to ${role}`);
      await client.query(`grant select, insert, update, delete on all tables in schema bullmq to ${role}`);
      await client.query(`grant usage, select on all sequences in schema bullmq to ${role}`);
    }
  } finally {
    await client.end();
  }
}
