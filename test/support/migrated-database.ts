import { migrate } from "../../subgraphs/shared/database/migrate.ts";
import { databaseAt, inTurn, templateOf } from "./template-database.ts";

/** The name of a database that is migrated and nobody writes in: the first suite that asks for it makes it. */
export async function migratedTemplate(adminUrl: string, runFolder: string): Promise<string> {
  const template = templateOf(runFolder);
  await inTurn(adminUrl, async (client) => {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [template]);
    if (rowCount) return;
    const unfinished = `${template}_unfinished`;
    await client.query(`drop database if exists ${unfinished} with (force)`);
    await client.query(`create database ${unfinished} template template0 encoding 'UTF8'`);
    await migrate({ url: databaseAt(adminUrl, unfinished) });
    await client.query(`alter database ${unfinished} rename to ${template}`);
  });
  return template;
}
