import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import type { Answering } from "./answering.ts";
import { SUBGRAPHS, type SubgraphName, supergraphOf } from "./graph.ts";
import { createSignIn, type SignIn } from "./sign-in.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Where tsc puts this folder: what is measured runs as plain JavaScript, as in production. */
export const COMPILED = join(ROOT, "dist/bench/bench/gateway");
export const PEERS = join(ROOT, "bench/peers");

export type Gateway = { readonly name: string; readonly url: string; readonly pid: number };

/** The graph that is running: where its subgraphs answer, the supergraph that says so, and who may ask. */
export type Graph = {
  readonly urls: Readonly<Record<SubgraphName, string>>;
  readonly supergraphSdl: string;
  readonly signIn: SignIn;
  /** The processes of the subgraphs. */
  readonly subgraphPids: readonly number[];
  /** Makes the subgraphs answer in another way from now on. */
  answerAs(answering: Answering): Promise<void>;
};

const children: ChildProcess[] = [];

type StartOptions = {
  readonly graph?: Graph;
  readonly execArgv?: readonly string[];
  /** An open file for what it writes to stdout. */
  readonly says?: number | "ignore";
};

/** Starts a Node program and resolves with the first message it sends. @throws when it ends or stays silent. */
export async function start(
  program: string,
  args: readonly string[],
  { graph, execArgv = [], says = "ignore" }: StartOptions = {},
): Promise<{ readonly child: ChildProcess; readonly message: unknown }> {
  const child = fork(program, [...args], {
    execArgv: [...execArgv],
    env: {
      ...process.env,
      NODE_ENV: "production",
      ...(graph && {
        BENCH_SUPERGRAPH: graph.supergraphSdl,
        BENCH_URLS: JSON.stringify(graph.urls),
        BENCH_KEYS: JSON.stringify(graph.signIn.keys),
      }),
    },
    stdio: ["ignore", says, "pipe", "ipc"],
  });
  children.push(child);
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-500);
  });
  const message = await new Promise((resolve, reject) => {
    const silence = setTimeout(() => reject(new Error(`${program} says nothing`)), 30_000);
    child.once("exit", () => reject(new Error(`${program} ended: ${complaint}`)));
    child.once("message", resolve);
    child.once("message", () => clearTimeout(silence));
  });
  return { child, message };
}

/** The subgraphs in two processes, whose parts of the work are about equal. */
export async function startSubgraphs(): Promise<Graph> {
  const [root, ...details] = SUBGRAPHS;
  const program = join(COMPILED, "subgraph-server.js");
  const started = await Promise.all([start(program, [root as string]), start(program, details)]);
  const urls: Graph["urls"] = Object.assign({}, ...started.map(({ message }) => (message as { urls: object }).urls));
  const processes = started.map(({ child }) => child);
  return {
    urls,
    supergraphSdl: supergraphOf(urls),
    signIn: await createSignIn(),
    subgraphPids: processes.map(({ pid }) => pid as number),
    async answerAs(answering) {
      await Promise.all(
        processes.map((child) => {
          child.send(answering);
          return once(child, "message");
        }),
      );
    },
  };
}

export function remember(child: ChildProcess): void {
  children.push(child);
}

export async function stopAll(): Promise<void> {
  const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  await Promise.all(
    running.map((child) => {
      child.kill("SIGKILL");
      return once(child, "exit");
    }),
  );
}
