import pg, { type PoolClient, type QueryResultRow } from "pg";
import type { DataSource, EntityManager } from "typeorm";
import { carriedTrace, inSpan } from "../trace.ts";
import { type JoinedTables, planForUnsampled } from "./unsampled.ts";

/** Whose rows a transaction may touch, for whom it acts, and in which call of theirs: the audit tells it. */
export type Scope = {
  readonly merchants: readonly string[];
  readonly user: string;
  /** Where the user sees only some locations of a merchant; none where it is left out. */
  readonly limits?: Limits;
  readonly call?: Call;
};

/** Ids of the locations that a person is limited to, by merchant. A merchant that is not a key is seen whole. */
export type Limits = Readonly<Record<string, readonly string[]>>;

/** As `concord.limits()` and the conditions of lists read it; null where nobody is limited. */
export function limitsText(limits: Limits = {}): string | null {
  return Object.keys(limits).length === 0 ? null : JSON.stringify(limits);
}

/** A request from outside, and the address that it came from where the gateway vouches for it. */
export type Call = { readonly requestId: string; readonly address?: string | undefined };

/** One transaction in one scope. Everything a request or a job does to the database goes through one of these. */
export type Transaction = {
  /** Runs one statement; `name` makes it a prepared one, planned once per connection. */
  readonly query: <R extends QueryResultRow>(text: string, values?: readonly unknown[], name?: string) => Promise<R[]>;
  /** Like `query`, for the number of rows changed. */
  readonly change: (text: string, values?: readonly unknown[]) => Promise<number>;
  /**
   * Runs statements one after the other in one message, for the numbers of rows that each changed. PostgreSQL takes no
   * parameters with them, so the values are written into all of them. The first that fails is told, and those after it are
   * not begun.
   */
  readonly changeAll: (texts: readonly string[], values?: readonly (string | null)[]) => Promise<readonly number[]>;
  /** The connection itself, for COPY. */
  readonly client: PoolClient;
  readonly manager: EntityManager;
};

export type TransactionLimits = {
  readonly statementTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** For what reads in many statements and must see one moment: every statement reads as of the first. */
  readonly snapshot?: boolean;
  /** For what only reads: its first statement is sent together with what begins the transaction, where the role's may be. */
  readonly onlyReads?: boolean;
  /** For what joins all that one merchant has: see `unsampled.ts`. */
  readonly joinsAll?: JoinedTables;
};

/** A request waits for a person; a job moves a whole file in one statement. */
export const REQUEST_LIMITS: TransactionLimits = { statementTimeoutMs: 5_000, idleTimeoutMs: 10_000 };
export const JOB_LIMITS: TransactionLimits = { statementTimeoutMs: 600_000, idleTimeoutMs: 120_000 };

/** An open transaction and the two ways to end it; exactly one of them must be called. */
export type OpenTransaction = Transaction & {
  readonly commit: () => Promise<void>;
  readonly rollback: () => Promise<void>;
};

/** Begins a transaction in a scope. Settings are local to it: a plain SET would stay on the pooled connection. */
export async function begin(database: DataSource, scope: Scope, limits: TransactionLimits): Promise<OpenTransaction> {
  const runner = database.createQueryRunner();
  const client = (await runner.connect()) as PoolClient;
  let begun: Promise<unknown> = Promise.resolve();
  const send = <R extends QueryResultRow>(text: string, name: string | undefined, message: pg.QueryConfig) =>
    traced(text, name, async () => {
      try {
        return await answerOf<R>(client, message);
      } catch (error) {
        // Where the transaction did not even begin, that is why.
        await begun;
        throw error;
      }
    });
  const ask = <R extends QueryResultRow>(text: string, values: readonly unknown[], name?: string) =>
    send<R>(text, name, { text, values: [...values], ...(name && { name }) });
  const transaction: Transaction = {
    query: async <R extends QueryResultRow>(text: string, values: readonly unknown[] = [], name?: string) =>
      (await ask<R>(text, values, name)).rows,
    change: async (text, values = []) => (await ask(text, values)).rowCount ?? 0,
    changeAll: async (texts, values = []) => {
      const text = texts.join("\n;\n");
      const answers = await send(text, undefined, { text: written(text, values) });
      return [answers].flat().map(({ rowCount }) => rowCount ?? 0);
    },
    manager: runner.manager,
    client,
  };
  // Or who saves an entity would have a transaction of its own begun, and this one committed with it.
  Object.assign(runner, { isTransactionActive: true });
  try {
    begun = traced("begin", "begin", () => answerOf(client, { text: beginning(scope, limits) }));
    // Without its scope a statement is refused, so that whoever asks the first one is told.
    if (client.pipeline && limits.onlyReads) begun.catch(() => undefined);
    else await begun;
    const [merchant] = scope.merchants;
    if (limits.joinsAll && merchant !== undefined) await planForUnsampled(transaction.query, merchant, limits.joinsAll);
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    await runner.release();
    throw error;
  }
  const end = async (how: "commit" | "rollback") => {
    try {
      await client.query(how);
    } finally {
      await runner.release();
    }
  };
  return { ...transaction, commit: () => end("commit"), rollback: () => end("rollback") };
}

/**
 * What a statement answers, asked with a callback: of the promises that `pg` makes, one holds on to the next until all of
 * the heap is looked through, and every row that was ever read was moved out of the young generation first.
 */
function answerOf<R extends QueryResultRow>(client: PoolClient, config: pg.QueryConfig): Promise<pg.QueryResult<R>> {
  const answer = new Promise<pg.QueryResult<R>>((resolve, reject) => {
    client.query<R>(config, (error: Error | null, result: pg.QueryResult<R>) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
  return answer.catch((error: Error) => {
    // Where it was asked, in place of where the socket was read.
    Error.captureStackTrace(error);
    throw error;
  });
}

/** A text with its values in the place of its parameters. */
function written(text: string, values: readonly (string | null)[]): string {
  return text.replaceAll(/\$(\d+)/g, (parameter) => {
    const value = values[Number(parameter.slice(1)) - 1];
    if (value === undefined) throw new Error(`no value for ${parameter}`);
    return value === null ? "null" : pg.escapeLiteral(value);
  });
}

/** All in one message: each that is waited for takes as long as a small statement. */
function beginning({ merchants, user, call, limits: locations }: Scope, limits: TransactionLimits): string {
  const settings = {
    "app.merchants": merchants.join(",") || NO_MERCHANT,
    "app.user": user,
    statement_timeout: String(limits.statementTimeoutMs),
    idle_in_transaction_session_timeout: String(limits.idleTimeoutMs),
    "app.trace": carriedTrace() ?? "",
    "app.request": call?.requestId ?? "",
    "app.address": call?.address ?? "",
    "app.limits": limitsText(locations) ?? "",
  };
  const set = Object.entries(settings).map(
    ([name, value]) => `set_config('${name}', ${pg.escapeLiteral(value)}, true)`,
  );
  const isolation = limits.snapshot ? " isolation level repeatable read" : "";
  return `begin${isolation}; select ${set.join(", ")}`;
}

/** Runs `work` in a transaction of its own: commits what it returns from, rolls back what it throws out of. */
export async function inScope<T>(
  database: DataSource,
  scope: Scope,
  work: (transaction: Transaction) => Promise<T>,
  limits: TransactionLimits = REQUEST_LIMITS,
): Promise<T> {
  const transaction = await begin(database, scope, limits);
  let result: T;
  try {
    result = await work(transaction);
  } catch (error) {
    // The work's own failure matters more than a rollback on a connection that may be gone.
    await transaction.rollback().catch(() => undefined);
    throw error;
  }
  await transaction.commit();
  return result;
}

/**
 * Serialises writers of a merchant's money until the transaction ends. Statuses are derived from sets of events, so two
 * imports that touch one transaction must not derive side by side; taken in order, the locks cannot deadlock.
 */
export async function lockMerchants(transaction: Transaction, merchants: readonly string[]): Promise<void> {
  for (const merchant of [...new Set(merchants)].sort()) {
    // Whoever is told of the merchant's money is told of what is written from here on.
    await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4208)), concord.begin_telling($1)", [
      merchant,
    ]);
  }
}

/**
 * As `lockMerchants`, but beside others who have other partitions of the merchant's transactions, each named by provider and
 * currency: two with one in common take turns, and whoever locks the merchant waits for all of them, as they do for that one.
 * The database refuses to change a transaction of another partition. What all of them add to comes at the end, in turns
 * (`takeTurns`).
 */
export async function lockShare(
  transaction: Transaction,
  merchantId: string,
  partitions: readonly string[],
): Promise<void> {
  await transaction.query(
    `select pg_advisory_xact_lock_shared(hashtextextended($1, 4208)), concord.begin_telling($1),
      set_config('app.partition', $2, true)`,
    [merchantId, `,${partitions.join(",")},`],
  );
  await transaction.query(
    "select pg_advisory_xact_lock(hashtextextended($1 || ' ' || name, 4209)) from unnest($2::text[]) name",
    [merchantId, partitions.toSorted()],
  );
}

/**
 * From here to the commit only one of those who share a merchant is at work: rows that all of them add to, and what is told
 * in the order of commit, come after this.
 */
export async function takeTurns(transaction: Transaction, merchantId: string): Promise<void> {
  await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4210))", [merchantId]);
}

/** Files and runs that belong to no single merchant: a company-wide settlement file, for administrators only. */
export const PLATFORM = "platform";

/** Stands for an empty scope, since an empty setting means that none was set, which is an error. */
const NO_MERCHANT = "-";

const LONGEST_TEXT = 1_000;

/** A span for one statement: its text, which has no values in it, and never its parameters. */
function traced<T>(text: string, name: string | undefined, run: () => Promise<T>): Promise<T> {
  const verb = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? "SQL";
  const attributes = { "db.system.name": "postgresql", "db.query.text": text.slice(0, LONGEST_TEXT) };
  return inSpan(name ?? verb, { kind: "client", attributes }, run);
}
