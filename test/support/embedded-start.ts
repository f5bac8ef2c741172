import { pino } from "pino";
import { startEmbeddedPostgres } from "../../subgraphs/shared/embedded-postgres/embedded-postgres.ts";

/** A process to be killed: starts the server of a data folder, says so, and lives until it is told otherwise. */
const [dataDir = ""] = process.argv.slice(2);
const { pid, adopted } = await startEmbeddedPostgres({ dataDir, log: pino({ level: "silent" }) });
process.stdout.write(`${JSON.stringify({ pid, adopted })}\n`);
setInterval(() => undefined, 1_000);
