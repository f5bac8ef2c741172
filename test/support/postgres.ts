import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { inject } from "vitest";
import { startEmbeddedPostgres } from "../../subgraphs/shared/embedded-postgres/embedded-postgres.ts";
import { migratedTemplate } from "./migrated-database.ts";
import { databaseAt, dropDatabase, runOn } from "./template-database.ts";

export type TestDatabase = {
  /** Connects as a superuser; fits `DATABASE_URL`, `pg` and `DatabaseAddress`. */
  readonly url: string;
  readonly drop: () => Promise<void>;
};

/**
 * A new, empty database of the calling suite's own; drop it in `afterAll`.
 * @param name shows in the database's name, for whoever looks at the server: `[a-z0-9_]`
 */
export async function createTestDatabase(name = "suite"): Promise<TestDatabase> {
  return createDatabase(name, "template0");
}

/** Like it, and migrated: a copy of one that is migrated once in a run, which takes a quarter of the time. */
export async function createMigratedDatabase(name: string): Promise<TestDatabase> {
  template ??= adminDatabase().then((adminUrl) => migratedTemplate(adminUrl, inject("runFolder")));
  return copyDatabase(name, await template);
}

/** Like it, and a copy of a migrated one, in which nobody is at work. */
export function copyDatabase(name: string, original: string): Promise<TestDatabase> {
  // What is granted on a database is all of it that a copy lacks.
  return createDatabase(name, original, (copy) => `grant temporary on database ${copy} to concord_worker`);
}

let template: Promise<string> | undefined;

async function createDatabase(
  name: string,
  original: string,
  ...then: readonly ((database: string) => string)[]
): Promise<TestDatabase> {
  const adminUrl = await adminDatabase();
  const database = `test_${name}_${randomBytes(5).toString("hex")}`;
  await runOn(
    adminUrl,
    `create database ${database} template ${original} encoding 'UTF8'`,
    // Nobody keeps what suites write, so no commit has to wait for the disk.
    `alter database ${database} set synchronous_commit = off`,
    ...then.map((statement) => statement(database)),
  );
  return {
    url: databaseAt(adminUrl, database),
    drop: () => dropDatabase(adminUrl, database),
  };
}

let admin: Promise<string> | undefined;

/** The server for this run, as its superuser: TEST_DATABASE_URL's, or one built in that all suites share and the global setup stops. */
export function adminDatabase(): Promise<string> {
  admin ??= (async () => {
    const postgres = inject("postgres");
    if ("url" in postgres) return postgres.url;
    const log = pino({ level: "silent" });
    // The run's data is thrown away; a crash of the machine may take it.
    const settings = { fsync: "off", max_connections: "200" };
    return (await startEmbeddedPostgres({ dataDir: postgres.dataDir, log, settings })).url;
  })();
  return admin;
}
