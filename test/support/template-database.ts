import { basename } from "node:path";
import pg from "pg";

/** The database that a run's others are copies of. A run's folder has a name that no other has. */
export function templateOf(runFolder: string): string {
  return `test_template_${basename(runFolder).toLowerCase().replaceAll(/\W/g, "_")}`;
}

/** Like it, with the month of the sample merchant in it. */
export function sampledTemplateOf(runFolder: string): string {
  return `${templateOf(runFolder)}_samples`;
}

export async function dropTemplates(adminUrl: string, runFolder: string): Promise<void> {
  const template = templateOf(runFolder);
  const names = [template, `${template}_unfinished`, sampledTemplateOf(runFolder)];
  for (const name of names) await dropDatabase(adminUrl, name);
}

export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await runOn(adminUrl, `drop database if exists ${name} with (force)`);
}

export async function runOn(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Suites of several processes may want to make the same thing at once. */
export async function inTurn(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('concord:test-template'))");
    await work(client);
  } finally {
    await client.end();
  }
}

export function databaseAt(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
