import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { Redis } from "ioredis";
import pg from "pg";
import { inject } from "vitest";
import { webhookReceivers } from "../../adapters/webhooks/receivers.ts";
import { composeSupergraph } from "../../gateway/composition/compose.ts";
import { startGateway } from "../../gateway/start-gateway.ts";
import { receiveUpload } from "../../subgraphs/reconciliation/import/receive-upload.ts";
import { receiveWebhook } from "../../subgraphs/reconciliation/webhooks/receive-webhook.ts";
import { startWorker } from "../../subgraphs/reconciliation/work/start-worker.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { createGrantsReader } from "../../subgraphs/shared/identity/grants.ts";
import { createJobs } from "../../subgraphs/shared/jobs/jobs.ts";
import { createLog } from "../../subgraphs/shared/log.ts";
import { callInProcess } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import { runExport } from "../../subgraphs/transactions/exports/run-export.ts";
import { readPdf } from "../subgraphs/exports/read-pdf.ts";
import { partOf } from "../subgraphs/exports/workbook-part.ts";
import { SUBGRAPHS } from "../subgraphs/support/settled-graph.ts";
import { openPostgresStore, openRedisStore } from "./job-stores.ts";
import { openLedger, type Shop } from "./ledger.ts";
import { recordSpans } from "./spans.ts";
import { until } from "./until.ts";
import { HMAC_KEY } from "./webhook-senders.ts";

/** Everything that may keep or tell something: gateway, subgraphs, worker, queue, database, with log and traces caught. */
export type CardHouse = Awaited<ReturnType<typeof openCardHouse>>;

export async function openCardHouse() {
  const ledger = await openLedger("card_numbers");
  const lines: string[] = [];
  const log = createLog({ logLevel: "trace" }, {}, { write: (line) => lines.push(line) });
  const recorded = recordSpans();
  const database = await openDatabase(
    { url: ledger.url },
    {
      role: "app",
      maxConnections: 8,
      entities: SUBGRAPHS.flatMap(({ entities }) => entities),
      onError: () => undefined,
    },
  );
  const services = {
    database,
    // Who signed a token is another suite's question.
    verifyToken: async (authorization = "") => {
      const userId = authorization.replace(/^Bearer /, "");
      return { userId, name: userId };
    },
    grantsOf: createGrantsReader(database),
    cursorKey: randomBytes(32),
    log,
    forceLimits: new Map([["EUR", 100_000n]]),
  };
  const prefix = `test-cards-${process.pid}`;
  const redisUrl = inject("redisUrl");
  const store = redisUrl === undefined ? await openPostgresStore() : await openRedisStore(prefix);
  const receivers = webhookReceivers({ adyen: { hmacKeys: [HMAC_KEY] } });
  const jobs = createJobs(store.store, { prefix, log });
  const worker = await startWorker({ ...ledger.services, log, leaseSeconds: 2, jobs, receivers }, { concurrency: 2 });
  const gateway = await startGateway({
    config: { host: "127.0.0.1", port: 0, metricsPort: 0 },
    log,
    supergraphSdl: composeSupergraph(SUBGRAPHS.map(({ name, sdl }) => ({ name, sdl, url: `http://${name}` })))
      .supergraphSdl,
    callers: Object.fromEntries(SUBGRAPHS.map((subgraph) => [subgraph.name, callInProcess(subgraph, services)])),
    identity: (token) => services.verifyToken(`Bearer ${token}`),
    receiveFile: (upload) => receiveUpload({ ...services, storage: ledger.services.storage }, upload),
    webhooks: {
      providers: [...receivers.keys()],
      receive: (provider, delivery) => receiveWebhook({ ...services, receivers }, provider, delivery),
    },
    readiness: async () => ({}),
    graphiql: true,
  });
  return {
    ledger,
    gateway,
    openShop: async (): Promise<Shop> => {
      const shop = await ledger.openShop();
      const values = [shop.id, "ann", "administrator"];
      await ledger.rows("insert into accounts.membership (merchant_id, user_id, role) values ($1, $2, $3)", values);
      return shop;
    },
    /** Waits until the worker has nothing left to do. */
    settled: () => until(() => isSettled(ledger), 200_000),
    /** Writes the exports that were asked for; what stands in them and in the documents of closings, by their format. */
    exported: async (): Promise<readonly { readonly format: string; readonly text: string }[]> => {
      const asked = "select merchant_id, id from transactions.export where status = 'QUEUED'";
      for (const { merchant_id: merchantId, id } of await ledger.rows<Asked>(asked))
        await runExport({ ...ledger.services, log }, merchantId, id);
      const written = await ledger.rows<{ format: string; sha256: string }>(WRITTEN);
      const files = written.map(async ({ format, sha256 }) => {
        return { format, text: textOf(format, await buffer(ledger.services.storage.read(sha256))) };
      });
      const documents = await ledger.rows<{ pdf: Buffer }>("select pdf from transactions.closing_document");
      return [
        ...(await Promise.all(files)),
        ...documents.map(({ pdf }) => ({ format: "CLOSING", text: textOf("PDF", pdf) })),
      ];
    },
    /** By the name of each place, all that it holds. */
    kept: async (): Promise<Readonly<Record<string, string>>> => ({
      ...(await tablesOf(ledger.url)),
      ...(store.store.kind === "redis" ? { redis: await redisText(redisUrl ?? "", prefix) } : {}),
      ...(store.store.kind === "postgres" ? await tablesOf(store.store.connection.connectionString ?? "") : {}),
      log: lines.join(""),
      traces: JSON.stringify(
        recorded.spans().map(({ name, attributes, events, status, parentSpanContext, links }) => {
          return { name, attributes, events, status, parentSpanContext, links: links.map((link) => link.context) };
        }),
      ),
      metrics: await (await fetch(gateway.metricsUrl ?? "")).text(),
    }),
    close: async () => {
      await gateway.close();
      await worker.close();
      await jobs.close();
      recorded.stop();
      await store.remove();
      await database.destroy();
      await ledger.close();
    },
  };
}

type Asked = { readonly merchant_id: string; readonly id: string };

const WRITTEN = "select request->>'format' as format, sha256 from transactions.export where status = 'SUCCEEDED'";

function textOf(format: string, bytes: Buffer): string {
  if (format === "PDF") return readPdf(bytes).flat().join("\n");
  return format === "XLSX" ? partOf(bytes, "xl/worksheets/sheet1.xml") : bytes.toString();
}

const WAITING = `
  select from reconciliation.source_file where status in ('RECEIVED', 'PARSING')
  union all select from reconciliation.run where status in ('QUEUED', 'RUNNING')
  union all select from delivery.webhook where status = 'RECEIVED'
  union all select from delivery.outbox where sent_at is null`;

async function isSettled(ledger: Awaited<ReturnType<typeof openLedger>>): Promise<boolean> {
  return (await ledger.rows(WAITING)).length === 0;
}

/** Every table, view and line of it as text, with what is kept as bytes made readable. */
async function tablesOf(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(TABLES);
    const texts: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ line: string }>(`select each::text as line from ${name} each`);
      const text = rows.map(({ line }) => line).join("\n");
      texts[name] = text.replace(/\\x([0-9a-f]{2,})/g, (_, hex: string) => Buffer.from(hex, "hex").toString("latin1"));
    }
    return texts;
  } finally {
    await client.end();
  }
}

const TABLES = `
  select format('%I.%I', schemaname, tablename) as name from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema') order by 1`;

async function redisText(url: string, prefix: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys(`${prefix}:*`);
    const values = await Promise.all(keys.map((key) => contentOf(redis, key)));
    return JSON.stringify(keys.map((key, index) => [key, values[index]]));
  } finally {
    await redis.quit();
  }
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case "hash":
      return redis.hgetall(key);
    case "list":
      return redis.lrange(key, 0, -1);
    case "zset":
      return redis.zrange(key, 0, -1);
    case "set":
      return redis.smembers(key);
    case "stream":
      return redis.xrange(key, "-", "+");
    default:
      return redis.get(key);
  }
}
