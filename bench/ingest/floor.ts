import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";

/** What PostgreSQL can take in at most: no parsing on our side, no types, no index, no log. */
export async function rawCopy(url: string, path: string, columns: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const typed = Array.from({ length: columns }, (_, index) => `c${index} text`).join(", ");
    await client.query(`create unlogged table raw_copy (${typed})`);
    await pipeline(createReadStream(path), client.query(copyFrom(`copy raw_copy from stdin (${FORMATS(columns)})`)));
    await client.query("drop table raw_copy");
  } finally {
    await client.end();
  }
}

/** One column is a line as it stands: a delimiter and a quote that no text file has. */
const FORMATS = (columns: number) =>
  columns === 1 ? "format csv, delimiter e'\\x02', quote e'\\x01'" : "format csv, header";
