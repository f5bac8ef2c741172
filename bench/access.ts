import "reflect-metadata";
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import pg from "pg";
import { pino } from "pino";
import { openDatabase } from "../subgraphs/shared/database/connection.ts";
import { migrate } from "../subgraphs/shared/database/migrate.ts";
import { createGrantsReader, type Grants } from "../subgraphs/shared/identity/grants.ts";
import { BUILT_IN_GROUPS, PERMISSIONS_BY_ROLE } from "../subgraphs/shared/identity/permissions.ts";
import { createTokenVerifier, type VerifyToken } from "../subgraphs/shared/identity/verify-token.ts";
import { callInProcess } from "../subgraphs/shared/subgraph/call-in-process.ts";
import type { Services } from "../subgraphs/shared/subgraph/request-context.ts";
import { subgraph } from "../subgraphs/transactions/subgraph.ts";
import { fill } from "./reconcile/fill.ts";

/**
 * What access control costs on the list of transactions: the same calls with tokens verified, grants read and row level
 * security in force, and without any of it (whoever asks is taken at their word, and the connection's role bypasses every
 * policy). Both in turn within one run, so that whatever else the machine does falls on both. Prints JSON, ratios first:
 * 0.1 is ten hundredths more time with than without.
 *
 *   node --import tsx bench/access.ts [--rows 200000] [--calls 400]
 *
 * Needs a PostgreSQL to make a database of its own in, as a superuser: BENCH_DATABASE_URL, by default postgres on
 * 127.0.0.1:5432. The machine must have nothing else to do.
 */
const { values } = parseArgs({
  options: { rows: { type: "string", default: "200000" }, calls: { type: "string", default: "400" } },
});
const rows = Number(values.rows);
const calls = Number(values.calls);
const adminUrl = process.env.BENCH_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
const name = `concord_bench_${process.pid}`;
const url = new URL(adminUrl);
url.pathname = `/${name}`;

const FIELDS = "id status amount { amountMinor currency } occurredAt provider paymentMethod location { id }";
const QUERIES = {
  page: `{ transactions(first: 50) { edges { cursor node { ${FIELDS} } } pageInfo { endCursor } } }`,
  filtered: `{ transactions(first: 50, filter: { providers: ["worldline"] }) { edges { node { ${FIELDS} } } } }`,
  totals: "{ transactions(first: 1) { totals { count gross { amountMinor currency } } } }",
};
const WAYS = ["with", "limited", "without"] as const;
type Way = (typeof WAYS)[number];

await onDatabase(adminUrl, `create database ${name}`);
try {
  process.stdout.write(`${JSON.stringify(await measure(), null, 2)}\n`);
} finally {
  await onDatabase(adminUrl, `drop database ${name} with (force)`);
}

async function measure() {
  await prepare();
  const pool = { maxConnections: 2, entities: subgraph.entities, onError: () => undefined };
  const held = await openDatabase({ url: url.href }, { ...pool, role: "app" });
  const unheld = await openDatabase({ url: url.href }, { ...pool, role: "owner" });
  try {
    const { verifyToken, tokenOf } = await openIssuer();
    const usual = { cursorKey: randomBytes(32), log: pino({ level: "silent" }) };
    const checked: Services = { ...usual, database: held, verifyToken, grantsOf: createGrantsReader(held) };
    const unchecked: Services = { ...usual, database: unheld, ...takenAtTheirWord() };
    const call = (services: Services, token: string) => {
      const run = callInProcess(subgraph, services);
      const headers = { authorization: `Bearer ${token}` };
      return async (query: string) => {
        const answer = await run({ query, variables: {}, headers, signal: new AbortController().signal });
        if (answer.errors) throw new Error(JSON.stringify(answer.errors));
      };
    };
    const ways: Readonly<Record<Way, (query: string) => Promise<void>>> = {
      with: call(checked, await tokenOf("bench")),
      limited: call(checked, await tokenOf("limited")),
      without: call(unchecked, await tokenOf("bench")),
    };
    const times = Object.fromEntries(
      await inTurn(Object.entries(QUERIES), async ([query, text]) => [query, await timesOf(ways, text)] as const),
    );
    const ratio = (way: Way) => (query: string) => rounded(times[query]![way] / times[query]!.without - 1);
    const ratios = (way: Way) => Object.fromEntries(Object.keys(QUERIES).map((query) => [query, ratio(way)(query)]));
    return {
      dearerWithAccessControl: ratios("with"),
      dearerWhenLimitedToALocation: ratios("limited"),
      medianMs: times,
      rows,
      calls,
      node: process.version,
    };
  } finally {
    await Promise.all([held.destroy(), unheld.destroy()]);
  }
}

/** Medians in milliseconds. Who goes first changes from turn to turn. */
async function timesOf(ways: Readonly<Record<Way, (query: string) => Promise<void>>>, query: string) {
  const taken: Record<Way, number[]> = { with: [], limited: [], without: [] };
  for (let turn = -20; turn < calls; turn += 1) {
    for (const [index] of WAYS.entries()) {
      const way = WAYS[(index + Math.abs(turn)) % WAYS.length] ?? "with";
      const from = performance.now();
      await ways[way](query);
      if (turn >= 0) taken[way].push(performance.now() - from);
    }
  }
  const median = (all: number[]) => rounded(all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0);
  return { with: median(taken.with), limited: median(taken.limited), without: median(taken.without) };
}

async function prepare(): Promise<void> {
  await migrate({ url: url.href });
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    for (const merchantId of ["bench", "neighbour"]) {
      const merchant = "insert into accounts.merchant (merchant_id, name, zone) values ($1, $1, 'Europe/Brussels')";
      await client.query(merchant, [merchantId]);
      await fill(client, { merchantId, count: rows });
    }
    await client.query(`
      insert into accounts.membership (merchant_id, user_id, role, locations)
      values ('bench', 'bench', 'administrator', null), ('bench', 'limited', 'location_manager', '{loc_1}')`);
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
}

async function openIssuer() {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const keys = { keys: [{ ...(await exportJWK(publicKey)), alg: "ES256", kid: "one" }] };
  const verifyToken: VerifyToken = createTokenVerifier({ issuer: "https://bench", audience: "bench", keys });
  const iat = Math.floor(Date.now() / 1_000);
  const tokenOf = (sub: string) =>
    new SignJWT({ sub, iss: "https://bench", aud: "bench", iat, exp: iat + 36_000 })
      .setProtectedHeader({ alg: "ES256", kid: "one", typ: "at+jwt" })
      .sign(privateKey);
  return { verifyToken, tokenOf };
}

function takenAtTheirWord(): Pick<Services, "verifyToken" | "grantsOf"> {
  const opened = { ...BUILT_IN_GROUPS.administrator, permissions: new Set(PERMISSIONS_BY_ROLE.administrator) };
  const grants: Grants = new Map([["bench", { role: "administrator", group: null, locations: null, ...opened }]]);
  return { verifyToken: async () => ({ userId: "bench", name: "bench" }), grantsOf: async () => grants };
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

async function onDatabase(address: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
