import { basename } from "node:path";
import pg from "pg";

/** The database that a run's others are copies of. A run's folder has a name that no other has. */
export function templateOf(runFolder: string): string {
  return `test_template_${basename(runFolder).toLowerCase().replaceAll(/\W/g, "_")}`;
}

export async function dropTemplate(adminUrl: string, runFolder: string): Promise<void> {
  const template = templateOf(runFolder);
  const names = [template, `${template}_unfinished`];
  await runOn(adminUrl, ...names.map((name) => `drop database if exists ${name} with (force)`));
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

export function databaseAt(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
