import { composeSupergraph } from "../../../gateway/composition/compose.ts";
import type { GatewayOptions } from "../../../gateway/gateway-options.ts";
import { startGateway } from "../../../gateway/start-gateway.ts";
import { createLog } from "../../../subgraphs/shared/log.ts";
import { callInProcess } from "../../../subgraphs/shared/subgraph/call-in-process.ts";
import type { Graph } from "../../subgraphs/support/graph.ts";
import { openSettledGraph, SUBGRAPHS } from "../../subgraphs/support/settled-graph.ts";
import type { Attack, Reply } from "./attack.ts";
import { send } from "./attack.ts";

export type AttackGateway = {
  readonly url: string;
  readonly graph: Graph;
  /** Every line of the gateway's log. */
  readonly lines: readonly Record<string, unknown>[];
  /** How many calls subgraphs have had, and with which headers the last. */
  readonly calls: { count: number; headers: Readonly<Record<string, string>> };
  /** Sends as a user who may read one merchant, unless the request has a token of its own. */
  attack(attack: Pick<Attack, "send">): Promise<Reply>;
  close(): Promise<void>;
};

/** The gateway as in production, in front of the real subgraphs on a database of their own. */
export async function startAttackGateway(
  name: string,
  options: Pick<GatewayOptions, "rateLimiter"> = {},
): Promise<AttackGateway> {
  const graph = await openSettledGraph(name);
  const calls: AttackGateway["calls"] = { count: 0, headers: {} };
  const lines: Record<string, unknown>[] = [];
  const gateway = await startGateway({
    ...options,
    config: { host: "127.0.0.1", port: 0 },
    log: createLog({ logLevel: "info" }, {}, { write: (line) => lines.push(JSON.parse(line)) }),
    supergraphSdl: supergraphSdl(),
    callers: Object.fromEntries(
      SUBGRAPHS.map((subgraph) => {
        const call = callInProcess(subgraph, graph.services);
        const counted = (request: Parameters<typeof call>[0]) => {
          calls.count++;
          calls.headers = request.headers as Record<string, string>;
          return call(request);
        };
        return [subgraph.name, Object.assign(counted, call)];
      }),
    ),
    identity: (token) => graph.services.verifyToken(`Bearer ${token}`),
    receiveFile: () => Promise.reject(new Error("no files here")),
    readiness: async () => ({}),
    graphiql: false,
  });
  const token = await graph.token("vic");
  return {
    url: gateway.url,
    graph,
    lines,
    calls,
    attack: ({ send: raw }) => {
      return send(gateway.url, { ...raw, headers: { authorization: `Bearer ${token}`, ...raw.headers } });
    },
    async close() {
      await gateway.close();
      await graph.close();
    },
  };
}

export function supergraphSdl(): string {
  return composeSupergraph(SUBGRAPHS.map(({ name, sdl }) => ({ name, sdl, url: `http://${name}.invalid` })))
    .supergraphSdl;
}
