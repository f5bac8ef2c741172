import pg from "pg";
import { DataSource, type EntitySchema, type MigrationInterface } from "typeorm";
import { PatientPool, passwordFrom } from "./password-file.ts";

/**
 * Where the database is: a URL, or the socket folder of the embedded server. Everything else about a connection is
 * decided here, so that both behave alike.
 */
export type DatabaseAddress =
  | {
      readonly url: string;
      /** Where the password is, in place of the URL: read for each new connection, so that it can be changed meanwhile. */
      readonly passwordFile?: string | undefined;
    }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

/** `owner` is for migrations alone; the others own nothing and are held to row level security. */
export type DatabaseRole = "owner" | "app" | "worker" | "check";

export type DatabaseOptions = {
  readonly role: DatabaseRole;
  readonly maxConnections: number;
  readonly entities?: readonly (EntityClass | EntitySchema)[];
  readonly migrations?: readonly (new () => MigrationInterface)[];
  readonly onError: (error: Error) => void;
};

/** A class with TypeORM's decorators. */
export type EntityClass = new (...args: never[]) => object;

/** Opens a pool that acts in one role from its first statement, and throws if the database does not answer. */
export async function openDatabase(address: DatabaseAddress, options: DatabaseOptions): Promise<DataSource> {
  const { role, maxConnections, entities = [], migrations = [], onError } = options;
  return new DataSource({
    type: "postgres",
    ...addressOptions(address),
    applicationName: `concord-${role}`,
    connectTimeoutMS: 5_000,
    synchronize: false,
    logging: false,
    schema: "concord",
    entities: [...entities] as EntitySchema[],
    migrations: [...migrations],
    migrationsTableName: "migration",
    poolErrorHandler: onError,
    driver: { Pool: PatientPool },
    extra: {
      ...("url" in address && address.passwordFile ? { ...connectionTo(address), connectionString: undefined } : {}),
      max: maxConnections,
      Client: ServedClient,
      types: WIRE_TYPES,
      options: sessionOptions(role),
      idleTimeoutMillis: 30_000,
      // A worker copies rows in, which cannot share a pipeline.
      pipeline: role === "app",
    },
  }).initialize();
}

/**
 * A client whose error always has a listener. A server that ends a connection says so twice, and by the second time
 * TypeORM has given the connection back and no longer listens, and bullmq never does: the process would end for it.
 * Whoever waits for a statement is told by that statement.
 */
export class ServedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on("error", () => undefined);
  }
}

/** As `pg` takes it, and nothing else: the job store reads its own columns, by its own settings. */
export function connectionTo(address: DatabaseAddress): pg.ClientConfig {
  if (!("url" in address)) return address;
  if (address.passwordFile === undefined) return { connectionString: address.url };
  // Not as a string beside a password: its own, which is empty, would count.
  const { host, port, user, database, ssl } = new pg.Client({ connectionString: address.url });
  const place = { host, port, ...(user && { user }), ...(database && { database }), ssl };
  return { ...place, password: passwordFrom(address.passwordFile, { ...place, connectionTimeoutMillis: 5_000 }) };
}

/** The same as `pg` connection settings, for the few places that need one plain client (job store, advisory locks). */
export function clientOptions(address: DatabaseAddress, role: DatabaseRole): pg.ClientConfig {
  return {
    ...connectionTo(address),
    options: sessionOptions(role),
    types: WIRE_TYPES,
    application_name: `concord-${role}`,
    connectionTimeoutMillis: 5_000,
  };
}

/**
 * The role is set by a start-up option and not by a statement, so that RESET ROLE and DISCARD ALL come back to it and
 * never to the owner.
 */
function sessionOptions(role: DatabaseRole): string {
  // To compile a plan takes longer than any of ours runs by compiled code sooner.
  const settings = ["timezone=UTC", "lock_timeout=10s", "jit=off"];
  if (role !== "owner") settings.push(`role=concord_${role}`);
  return settings.map((setting) => `-c ${setting}`).join(" ");
}

function addressOptions(address: DatabaseAddress) {
  return "url" in address
    ? { url: address.url }
    : { host: address.host, port: address.port, username: address.user, database: address.database };
}

const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

/** bigint as BigInt, and a date as its text: a `Date` at local midnight would be another day elsewhere. */
const WIRE_TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (oid === INT8) return BigInt;
    if (oid === DATE) return String;
    if (oid === TIMESTAMPTZ && format !== "binary") return instantOf;
    return pg.types.getTypeParser(oid, format);
  }) as typeof pg.types.getTypeParser,
};

const parseInstant = pg.types.getTypeParser(TIMESTAMPTZ, "text") as (text: string) => Date;

/** What a session in UTC writes of our years is ISO 8601 but for a letter, which is read in a third of the time. */
function instantOf(text: string): Date | number {
  const isUtc = text.length > 21 && text.charCodeAt(10) === SPACE && text.endsWith("+00");
  return isUtc ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : parseInstant(text);
}

const SPACE = 32;
