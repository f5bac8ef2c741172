import "reflect-metadata";
import { exportServices, openSystem } from "../../dist/commands/open-system.js";
import { readConfig } from "../../dist/subgraphs/shared/config.js";
import { EXPORT_COLUMNS } from "../../dist/subgraphs/transactions/exports/export-columns.js";
import { runExport } from "../../dist/subgraphs/transactions/exports/run-export.js";

/**
 * One export with all columns in a process of its own, so that its memory is its own: prints its milliseconds and its
 * largest resident size as JSON. Runs what `npm run build` makes, as in production.
 */
const [merchantId = "", format = "CSV"] = process.argv.slice(2);
const system = await openSystem(readConfig(process.env), "stderr");
try {
  const owner = await system.open("owner", 1);
  const id = `exp_${format}`;
  const request = {
    content: "TRANSACTIONS",
    filter: {},
    order: null,
    columns: EXPORT_COLUMNS,
    format,
    locale: "EN",
    zone: "Europe/Brussels",
    bom: true,
  };
  await owner.query("select set_config('app.merchants', $1, false)", [merchantId]);
  await owner.query(
    `insert into transactions.export (merchant_id, id, merchants, request, request_hash, idempotency_key, requested_by,
      requested_name) values ($1, $2, array[$1], $3, 'bench', $2, 'bench', 'bench')`,
    [merchantId, id, JSON.stringify(request)],
  );
  const services = exportServices(system, await system.open("worker", 4));
  const start = performance.now();
  await runExport(services, merchantId, id);
  const ms = performance.now() - start;
  const [row] = await owner.query(
    "select status, problem, rows_done::int as rows, size_bytes::bigint as bytes from transactions.export where id = $1",
    [id],
  );
  if (row?.status !== "SUCCEEDED") throw new Error(`the export ended otherwise: ${JSON.stringify(row)}`);
  const result = {
    format,
    rows: row.rows,
    ms: Math.round(ms),
    bytes: Number(row.bytes),
    rssBytes: process.resourceUsage().maxRSS * 1024,
    rowsPerSecond: Math.round((row.rows * 1_000) / ms),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await system.close();
}
