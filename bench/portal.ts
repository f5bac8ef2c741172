import "reflect-metadata";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import pg from "pg";
import { chromium } from "playwright-core";
import { migrate } from "../subgraphs/shared/database/migrate.ts";
import { measureList } from "./portal/measure-list.ts";
import { measureVisits } from "./portal/measure-visits.ts";
import { startPlainPages } from "./portal/plain-pages.ts";
import { build } from "./read/build.ts";
import { startProduct } from "./read/gateway.ts";

/**
 * The portal in Debian's Chromium: how soon the list of transactions is there on the embedded system, what is loaded for
 * it and whether it moves; then clicks, keys and scrolling on a list of a million rows. Beside it, in the same run, the
 * same rows as a plain page of HTML without a script. Prints JSON, ratios first; milliseconds otherwise.
 *
 *   npm run build
 *   node --import tsx bench/portal.ts [--visits 10] [--transactions 1000000]
 *
 * Needs `/usr/bin/chromium`, and a PostgreSQL to make a database in: BENCH_DATABASE_URL, by default postgres on 127.0.0.1:5432.
 */
const { values } = parseArgs({
  options: {
    visits: { type: "string", default: "10" },
    transactions: { type: "string", default: "1000000" },
  },
});
const adminUrl = process.env.BENCH_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
const name = `concord_bench_portal_${process.pid}`;
const url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
const folder = await mkdtemp(join(tmpdir(), "concord-bench-"));
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
const plain = await startPlainPages();
await onDatabase(adminUrl, (client) => client.query(`create database ${name}`));
try {
  const visits = await ofEmbedded();
  const list = await ofLargeList();
  process.stdout.write(
    `${JSON.stringify(
      {
        ratios: {
          firstRowsToPlainPage: rounded(visits.firstRows.p50 / visits.plainPage.p50),
          framesToPlainPage: rounded(list.scrolling.framesASecond / list.plainScrolling.framesASecond),
        },
        visits,
        list,
        node: process.version,
        browser: browser.version(),
      },
      null,
      2,
    )}\n`,
  );
} finally {
  await browser.close();
  await plain.close();
  await onDatabase(adminUrl, (client) => client.query(`drop database ${name} with (force)`));
  await rm(folder, { recursive: true, force: true });
}

async function ofEmbedded() {
  const product = await startProduct(join(folder, "embedded"));
  try {
    // Samples that are still read are the machine's work, and no visitor's.
    while (!(await fetch(`${product.origin}/ready`)).ok) await delay(200);
    return await measureVisits(browser, product, plain, Number(values.visits));
  } finally {
    await product.close();
  }
}

/** One merchant has all of them. */
async function ofLargeList() {
  await migrate({ url });
  const volume = { transactions: Number(values.transactions), merchants: 1, by: "sql" } as const;
  await onDatabase(url, (client) => build(client, url, volume));
  const product = await startProduct(folder, url);
  try {
    return { transactions: volume.transactions, ...(await measureList(browser, product, plain)) };
  } finally {
    await product.close();
  }
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

async function onDatabase<T>(address: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
