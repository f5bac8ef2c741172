import { randomBytes } from "node:crypto";
import pg from "pg";
import { pino } from "pino";
import { inject } from "vitest";
import { startEmbeddedPostgres } from "../../subgraphs/shared/embedded-postgres/embedded-postgres.ts";

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
  const adminUrl = await adminDatabase();
  const database = `test_${name}_${randomBytes(5).toString("hex")}`;
  await runOn(adminUrl, `create database ${database} template template0 encoding 'UTF8'`);
  // Nobody keeps what suites write, so no commit has to wait for the disk.
  await runOn(adminUrl, `alter database ${database} set synchronous_commit = off`);
  return {
    url: withDatabase(adminUrl, database),
    drop: () => runOn(adminUrl, `drop database if exists ${database} with (force)`),
  };
}

let admin: Promise<string> | undefined;

/** The server for this run: TEST_DATABASE_URL's, or one built in that all suites share and the global setup stops. */
function adminDatabase(): Promise<string> {
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

async function runOn(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
