import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type pg from "pg";
import { setUpMerchant } from "../../commands/administer.ts";
import { worldOf } from "../../simulator/world.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { foldHours } from "../../subgraphs/shared/rollups/fold-hours.ts";
import { fill } from "../reconcile/fill.ts";

export type Volume = {
  readonly transactions: number;
  readonly merchants: number;
  /** By the product's own import, or straight by SQL: rows of less variety, in a tenth of the time. */
  readonly by: "import" | "sql";
};

/** Nine weeks with all of September in them. */
const FROM = "2026-08-31";
const WEEKS = 9;

/** Who sees one merchant alone, the largest; `demo:administrator` sees all. */
export const OWN_USER = "finance";

export const LARGEST = `mer_${worldOf(1).merchant.key}`;

/**
 * Fills a database with as many merchants, of which the largest has a ninth of all transactions or so and the others
 * fewer and fewer. Gives how long it took.
 */
export async function build(client: pg.Client, url: string, { transactions, merchants, by }: Volume) {
  const start = performance.now();
  const weights = Array.from({ length: merchants }, (_, index) => (index + 1) ** -0.85);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const sizes = weights.map((weight) => Math.max(400, Math.round((weight / whole) * transactions)));
  await (by === "sql" ? fillAll(client, url, sizes) : takeInAll(url, sizes));
  const ms = performance.now() - start;
  await client.query("delete from accounts.membership where user_id = $1 and merchant_id <> $2", [
    `demo:${OWN_USER}`,
    LARGEST,
  ]);
  const member = "insert into accounts.membership (merchant_id, user_id, role) values ($1, 'bench', 'administrator')";
  await client.query(member, [LARGEST]);
  await client.query("vacuum analyze");
  return { by, seconds: Math.round(ms / 1_000), vacuumSeconds: Math.round((performance.now() - start - ms) / 1_000) };
}

/** Two at a time, of about equal weight. */
async function takeInAll(url: string, sizes: readonly number[]): Promise<void> {
  const named = sizes.map((size, index) => `${index + 1}=${size}`);
  const halves = [0, 1].map((half) => named.filter((_, index) => (index + (index >> 1)) % 2 === half));
  await Promise.all(halves.map((half) => takeIn(url, half)));
}

async function takeIn(url: string, sizes: readonly string[]): Promise<void> {
  if (sizes.length === 0) return;
  const script = join(import.meta.dirname, "take-in.mjs");
  const running = promisify(execFile)(process.execPath, [script, FROM, String(WEEKS), ...sizes], {
    env: { ...process.env, DATABASE_URL: url, LOG_LEVEL: "warn" },
    maxBuffer: 1 << 24,
  });
  running.child.stdout?.pipe(process.stderr);
  await running;
}

/** The largest last, so that its rows do not lie alone at the beginning of the table. */
async function fillAll(client: pg.Client, url: string, sizes: readonly number[]): Promise<void> {
  const worker = await openDatabase({ url }, { role: "worker", maxConnections: 2, onError: () => undefined });
  try {
    for (const [index, count] of [...sizes.entries()].reverse()) {
      const { key, name } = worldOf(index + 1).merchant;
      const merchantId = `mer_${key}`;
      const merchant = { id: merchantId, name, zone: "Europe/Brussels" };
      const locations = [{ id: "loc_1", name: "Gent", city: "Gent", country: "BE", zone: "Europe/Brussels" }];
      await setUpMerchant(worker, { merchant, locations, terminals: [], providerAccounts: [] });
      await fill(client, { merchantId, count });
      await foldHours(worker, merchantId);
    }
  } finally {
    await worker.destroy();
  }
}
