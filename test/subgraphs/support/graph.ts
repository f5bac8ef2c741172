import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import pg from "pg";
import { pino } from "pino";
import { openDatabase } from "../../../subgraphs/shared/database/connection.ts";
import { createGrantsReader } from "../../../subgraphs/shared/identity/grants.ts";
import type { Role } from "../../../subgraphs/shared/identity/permissions.ts";
import { createTokenVerifier } from "../../../subgraphs/shared/identity/verify-token.ts";
import { transactionId } from "../../../subgraphs/shared/ids.ts";
import { callInProcess } from "../../../subgraphs/shared/subgraph/call-in-process.ts";
import type { Subgraph } from "../../../subgraphs/shared/subgraph/define-subgraph.ts";
import type { Answer } from "../../../subgraphs/shared/subgraph/execute-operation.ts";
import type { Services } from "../../../subgraphs/shared/subgraph/request-context.ts";
import type { Family } from "../../../subgraphs/shared/vocabulary.ts";
import { createMigratedDatabase } from "../../support/postgres.ts";

const ISSUER = "https://issuer.test";
const AUDIENCE = "concord";

export type Row = Readonly<Record<string, unknown>>;

export type Graph = {
  /** Of the database, as its owner. */
  readonly url: string;
  readonly services: Services;
  readonly log: { readonly lines: string[] };
  /** Inserts as the owner of the tables, which row level security does not hold back. */
  readonly insert: (table: string, row: Row) => Promise<void>;
  readonly sql: <R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<R[]>;
  /** What the issuer publishes. */
  readonly publicKey: JWK;
  readonly token: (user: string, claims?: Row, header?: Row) => Promise<string>;
  readonly ask: (user: string, subgraph: Subgraph, query: string, variables?: Row) => Promise<Answer>;
  readonly close: () => Promise<void>;
};

/** A migrated database of its own, with users by name: `ann` is finance at mer_a, and so on as `members` says. */
export async function openGraph(
  name: string,
  subgraphs: readonly Subgraph[],
  members: Readonly<Record<string, Readonly<Record<string, Role>>>>,
  { maxConnections = 8 } = {},
): Promise<Graph> {
  const database = await createMigratedDatabase(name);
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const sql: Graph["sql"] = async <R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
    (await owner.query<R>(text, [...values])).rows;
  const insert: Graph["insert"] = async (table, row) => {
    const columns = Object.keys(row);
    const places = columns.map((_, index) => `$${index + 1}`);
    await sql(`insert into ${table} (${columns.join(", ")}) values (${places.join(", ")})`, Object.values(row));
  };
  await addMembers(insert, members);
  const { services, lines, publicKey, token, end } = await openServices(database.url, subgraphs, maxConnections);
  const calls = new Map(subgraphs.map((subgraph) => [subgraph, callInProcess(subgraph, services)]));
  return {
    url: database.url,
    services,
    log: { lines },
    insert,
    sql,
    publicKey,
    token,
    ask: async (user, subgraph, query, variables = {}) => {
      const call = calls.get(subgraph);
      if (!call) throw new Error(`${subgraph.name} is not part of this graph`);
      const headers = { authorization: `Bearer ${await token(user)}` };
      return plain(await call({ query, variables, headers, signal: new AbortController().signal }));
    },
    close: async () => {
      await owner.end();
      await end();
      await database.drop();
    },
  };
}

/** What travels: the same without graphql-js's prototypes. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Reads a value deep in an answer; absent is undefined. */
export function at(answer: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], answer);
}

export function codes({ errors = [] }: Answer): unknown[] {
  return errors.map((error) => error.extensions?.["code"]);
}

/** A row of `transactions.transaction`; `reference` makes the id, so equal ones are one transaction. */
export function transactionRow(family: Family, reference: string, given: Row = {}): Row & { readonly id: string } {
  const provider = { CCV_PAY: "ccv-pay", E_VOUCHER: "edenred", ACQUIRER: "adyen" }[family];
  return {
    merchant_id: "mer_a",
    family,
    id: transactionId(family, provider, "", `${given["merchant_id"] ?? "mer_a"}/${reference}`),
    provider,
    type: "SALE",
    base_status: "SUCCESS",
    status: "SUCCESS",
    status_rule: 4,
    certainty: "DEFINITIVE",
    status_origin: "AUTOMATIC",
    occurred_at: "2026-01-05T08:00:00.000Z",
    business_date: "2026-01-05",
    currency: "EUR",
    amount_minor: 1250n,
    captured_minor: 1250n,
    reconciliation_state: "EXPECTED",
    payment_type: "CARD",
    payment_method: "visa",
    entry_mode: "CHIP",
    transaction_number: reference,
    provider_reference: reference,
    ...given,
  };
}

async function addMembers(insert: Graph["insert"], members: Parameters<typeof openGraph>[2]): Promise<void> {
  const merchants = new Set(Object.values(members).flatMap((roles) => Object.keys(roles)));
  for (const merchant_id of merchants) {
    await insert("accounts.merchant", { merchant_id, name: `Merchant ${merchant_id}`, zone: "Europe/Brussels" });
  }
  for (const [user_id, roles] of Object.entries(members)) {
    for (const [merchant_id, role] of Object.entries(roles)) {
      await insert("accounts.membership", { merchant_id, user_id, role });
    }
  }
}

async function openServices(url: string, subgraphs: readonly Subgraph[], maxConnections: number) {
  const lines: string[] = [];
  const database = await openDatabase(
    { url },
    {
      role: "app",
      maxConnections,
      entities: subgraphs.flatMap(({ entities }) => entities),
      onError: () => undefined,
    },
  );
  const pair = await generateKeyPair("ES256", { extractable: true });
  const publicKey = { ...(await exportJWK(pair.publicKey)), alg: "ES256", kid: "one" };
  const services: Services = {
    database,
    verifyToken: createTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: { keys: [publicKey] } }),
    grantsOf: createGrantsReader(database),
    cursorKey: randomBytes(32),
    log: pino({ level: "info" }, { write: (line: string) => lines.push(line) }),
  };
  const token: Graph["token"] = (user, claims = {}, header = {}) =>
    new SignJWT({ sub: user, name: `Name of ${user}`, iss: ISSUER, aud: AUDIENCE, ...forAnHour(), ...claims })
      .setProtectedHeader({ alg: "ES256", kid: "one", typ: "at+jwt", ...header })
      .sign(pair.privateKey);
  return { services, lines, publicKey, token, end: () => database.destroy() };
}

function forAnHour() {
  const iat = Math.floor(Date.now() / 1000);
  return { iat, exp: iat + 3_600 };
}

/** An `_entities` call as the gateway makes it. */
export function entities(typename: string, ids: readonly string[], fields: string) {
  return {
    query: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { id ${fields} } } }`,
    variables: { r: ids.map((id) => ({ __typename: typename, id })) },
  };
}
