import { freePort } from "../support/free-port.ts";
import type { Service, Site } from "../support/processes.ts";

export type SubgraphProcess = { readonly url: string; readonly service: Service; readonly environment: Environment };

export type HttpGraph = {
  /** Of the gateway. */
  readonly url: string;
  readonly gateway: Service;
  /** Starts the gateway again where it was, once it has been stopped. */
  readonly restartGateway: () => Promise<Service>;
  readonly subgraphs: ReadonlyMap<string, SubgraphProcess>;
};

type Environment = Readonly<Record<string, string>>;

const SUBGRAPH_NAMES = ["transactions", "ccv-pay", "e-vouchers", "acquirers", "reconciliation", "accounts"] as const;

/** Settings that let a site's gateway call its subgraphs. */
export const CALL_SETTINGS = {
  // On which nothing of the files that these suites write is overdue.
  CONCORD_AS_OF: "2026-11-02",
  CONCORD_SECRET: "kQ7pZ2xWm9Lr4TbVd8NcYf3HsGj6Ra5E",
  CONCORD_GATEWAY_KEYS: "one:Ub4Xn8Kc2Ge7Wq5Mz9Hs3Pv6Ld1Ty0Ra",
};

/** Starts subgraphs as processes of their own, and a gateway over HTTP in front of them where demo users sign in. */
export async function startHttpGraph(
  site: Site,
  names: readonly string[] = SUBGRAPH_NAMES,
  gatewayEnvironment: Environment = {},
): Promise<HttpGraph> {
  // The subgraphs must know the address before the gateway starts.
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const trust = { JWKS_URL: `${url}/.well-known/jwks.json`, JWT_ISSUER: "urn:concord:development-issuer" };
  const environment = { CONCORD_DEV_ISSUER: "off", ...trust };
  const starting = names.map((name) => [name, site.start(["subgraph", name, "--port", "0"], environment)] as const);
  const subgraphs = new Map<string, SubgraphProcess>();
  for (const [name, service] of starting) {
    const { url: at } = await service.says("the subgraph answers");
    subgraphs.set(name, { url: `${at}/graphql`, service, environment });
  }
  const urls = [...subgraphs].map(([name, { url: at }]) => [`${name.replace("-", "_").toUpperCase()}_URL`, at]);
  const startGateway = async () => {
    const gateway = site.start(["gateway"], {
      CONCORD_DEV_ISSUER: "on",
      PORT: `${port}`,
      ...Object.fromEntries(urls),
      ...gatewayEnvironment,
    });
    await gateway.says("the gateway answers");
    return gateway;
  };
  return { url, gateway: await startGateway(), restartGateway: startGateway, subgraphs };
}
