import type { PoolClient, QueryConfig } from "pg";
import type { DataSource, QueryRunner } from "typeorm";
import type { Grants } from "../../../subgraphs/shared/identity/grants.ts";
import {
  BUILT_IN_GROUPS,
  PERMISSIONS_BY_ROLE,
  type Permission,
} from "../../../subgraphs/shared/identity/permissions.ts";
import type { Services } from "../../../subgraphs/shared/subgraph/request-context.ts";

/** The two layers that keep merchants apart, each of which has to do it alone. */
export type Guard = "row-security" | "application";

/** Services with everything on, and what it takes to switch a layer off. */
export type OpenedServices = {
  readonly services: Services;
  /** Connected as who is not held to row level security. */
  readonly unheld: DataSource;
  readonly merchants: () => Promise<readonly string[]>;
};

/** Services that are held by these layers alone: the other is switched off as if its code had forgotten to look. */
export function withGuards(opened: OpenedServices, guards: readonly Guard[]): Services {
  const { services, unheld } = opened;
  const isHeld = guards.includes("row-security");
  const isChecked = guards.includes("application");
  if (isChecked) return isHeld ? services : { ...services, database: unheld };
  const everything = { ...services, grantsOf: grantsEverywhere(opened) };
  return { ...everything, database: isHeld ? inTrueScope(services) : unheld };
}

/** Every permission at every merchant, whoever asks: what a resolver sees that checks nothing. */
function grantsEverywhere({ services, merchants }: OpenedServices): Services["grantsOf"] {
  const permissions = new Set<Permission>(PERMISSIONS_BY_ROLE.administrator);
  const opened = { ...BUILT_IN_GROUPS.administrator, permissions };
  const administrator = { role: "administrator", group: null, locations: null, ...opened } as const;
  return async (userId) => {
    const own: Grants = await services.grantsOf(userId);
    const all = await merchants();
    return new Map(all.map((merchant) => [merchant, own.get(merchant) ?? administrator]));
  };
}

/** Tells the database the merchants that the user truly has, whatever a transaction claims for its scope. */
function inTrueScope({ database, grantsOf }: Services): DataSource {
  // TypeORM connects again for each statement of an entity: asked through another proxy, it would not wait its turn.
  const proxies = new WeakMap<PoolClient, PoolClient>();
  const proxyOf = (client: PoolClient): PoolClient => {
    const proxy = proxies.get(client) ?? truthful(client, grantsOf);
    proxies.set(client, proxy);
    return proxy;
  };
  const createQueryRunner = (): QueryRunner => {
    const runner = database.createQueryRunner();
    const connect = runner.connect.bind(runner);
    runner.connect = async () => proxyOf((await connect()) as PoolClient);
    return runner;
  };
  return new Proxy(database, {
    get: (target, name) => {
      if (name === "createQueryRunner") return createQueryRunner;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function truthful(client: PoolClient, grantsOf: Services["grantsOf"]): PoolClient {
  const truthOf = async (config: QueryConfig): Promise<QueryConfig> => {
    if (!MERCHANTS.test(config.text)) return config;
    const [, user = ""] = USER.exec(config.text) ?? [];
    const grants = await grantsOf(user.replaceAll("''", "'"));
    const merchants = [...grants].filter(([, { permissions }]) => permissions.size > 0).map(([merchant]) => merchant);
    const told = `set_config('app.merchants', '${merchants.join(",") || "-"}', true)`;
    return { ...config, text: config.text.replace(MERCHANTS, told) };
  };
  // One after the other, as they were asked: the first statement of a transaction need not wait that it has begun.
  let before: Promise<unknown> = Promise.resolve();
  const query = (config: QueryConfig | string, ...rest: unknown[]) => {
    const asked = before.then(() => truthOf(typeof config === "string" ? { text: config } : config));
    before = asked.catch(() => undefined);
    return asked.then((truth) => (client.query as (...args: unknown[]) => unknown).call(client, truth, ...rest));
  };
  return new Proxy(client, {
    get: (target, name) => {
      if (name === "query") return query;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const MERCHANTS = /set_config\('app\.merchants', '[^']*', true\)/;
const USER = /set_config\('app\.user', '((?:[^']|'')*)', true\)/;
