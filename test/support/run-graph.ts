import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { composeSupergraph } from "../../gateway/composition/compose.ts";
import { createEngine } from "../../gateway/engine/create-engine.ts";
import { startWorker } from "../../subgraphs/reconciliation/work/start-worker.ts";
import { openChangeFeed } from "../../subgraphs/shared/changes/change-feed.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { createGrantsReader } from "../../subgraphs/shared/identity/grants.ts";
import type { JobStore } from "../../subgraphs/shared/jobs/backend.ts";
import { createJobs } from "../../subgraphs/shared/jobs/jobs.ts";
import { callInProcess } from "../../subgraphs/shared/subgraph/call-in-process.ts";
import type { Services } from "../../subgraphs/shared/subgraph/request-context.ts";
import { SUBGRAPHS } from "../subgraphs/support/settled-graph.ts";
import type { Ledger } from "./ledger.ts";

type Data = Readonly<Record<string, unknown>>;
export type GraphAnswer = {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Data }[];
};

/** The gateway over a ledger, as its clients see it. A token is the user's name. */
export type RunGraph = {
  readonly ask: (user: string, query: string, variables?: Data) => Promise<GraphAnswer>;
  /** The one field that was asked for; fails where there are errors. */
  readonly field: (user: string, query: string, variables?: Data) => Promise<Data>;
  readonly follow: (user: string, query: string, variables?: Data) => AsyncIterable<GraphAnswer>;
  readonly close: () => Promise<void>;
};

export async function openRunGraph(ledger: Ledger): Promise<RunGraph> {
  const address = { url: ledger.url };
  const database = await openDatabase(address, {
    role: "app",
    maxConnections: 6,
    entities: SUBGRAPHS.flatMap(({ entities }) => entities),
    onError: () => undefined,
  });
  const log = pino({ level: "silent" });
  const changes = openChangeFeed(address, database, log);
  const services: Services = {
    database,
    // Who signed a token is another suite's question.
    verifyToken: async (authorization = "") => ({ userId: authorization, name: authorization }),
    grantsOf: createGrantsReader(database),
    cursorKey: randomBytes(32),
    log,
    changes,
    forceLimits: new Map([["EUR", 100_000n]]),
  };
  const engine = createEngine({
    supergraphSdl: composeSupergraph(SUBGRAPHS.map(({ name, sdl }) => ({ name, sdl, url: `http://${name}` })))
      .supergraphSdl,
    fetch: () => Promise.reject(new Error("nothing here goes over HTTP")),
    subgraphs: Object.fromEntries(SUBGRAPHS.map((subgraph) => [subgraph.name, callInProcess(subgraph, services)])),
  });
  const run = (user: string, query: string, variables: Data = {}) =>
    engine.execute({ query, variables, context: { headers: { authorization: user } } });
  const ask: RunGraph["ask"] = async (user, query, variables) => {
    const answer = await run(user, query, variables);
    if (Symbol.asyncIterator in answer) throw new Error("a stream of answers where one was expected");
    return JSON.parse(JSON.stringify(answer)) as GraphAnswer;
  };
  return {
    ask,
    field: async (user, query, variables) => {
      const { data, errors } = await ask(user, query, variables);
      if (errors) throw new Error(JSON.stringify(errors));
      return Object.values(data ?? {})[0] as Data;
    },
    follow: async function* (user, query, variables) {
      const answers = await run(user, query, variables);
      if (!(Symbol.asyncIterator in answers)) throw new Error(JSON.stringify(answers));
      for await (const answer of answers) yield JSON.parse(JSON.stringify(answer)) as GraphAnswer;
    },
    close: async () => {
      await engine.close();
      await changes.close();
      await database.destroy();
    },
  };
}

/** A worker on the ledger and a job store, with short leases so that what is due is soon looked for. */
export async function openRunWorker(ledger: Ledger, store: JobStore, prefix: string) {
  const jobs = createJobs(store, { prefix, log: pino({ level: "silent" }) });
  const worker = await startWorker({ ...ledger.services, leaseSeconds: 2, jobs }, { concurrency: 2 });
  return { jobs, close: () => worker.close() };
}
