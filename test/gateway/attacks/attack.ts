import { request } from "node:http";

/** One request of the list, and what is demanded of its answer. */
export type Attack = {
  /** The row of the list of malicious requests. */
  readonly id: string;
  readonly name: string;
  readonly send: RawRequest;
  readonly status: readonly number[];
  readonly code?: string;
  /** True when the request is served, so that subgraphs may be called and data may come. */
  readonly isServed?: boolean;
  /** True when a server without our front gives in to it. */
  readonly isControl?: boolean;
  /** Must not be in the answer. */
  readonly without?: RegExp;
};

export type RawRequest = {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
};

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /**
   * The CPU time that this process took meanwhile, in milliseconds: what the client waits where nobody else wants the
   * machine, however busy it is now. The server is in this process.
   */
  readonly cpuMs: number;
};

export const JSON_HEADERS = {
  "content-type": "application/json",
  accept: "application/graphql-response+json, application/json;q=0.9",
};

/** A posted operation. */
export function operation(query: string, variables?: unknown, more: object = {}): RawRequest {
  return post({ query, ...(variables !== undefined && { variables }), ...more });
}

export function post(body: unknown, headers: RawRequest["headers"] = {}): RawRequest {
  return { headers: { ...JSON_HEADERS, ...headers }, body: typeof body === "string" ? body : JSON.stringify(body) };
}

/** Sends a request as it is written; an answer that comes before the body is sent counts. */
export function send(
  url: string,
  { method = "POST", path = "/graphql", headers = {}, body }: RawRequest,
): Promise<Reply> {
  const before = process.cpuUsage();
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const call = request({ hostname, port, path, method, agent: false });
    for (const [name, value] of Object.entries(headers)) call.setHeader(name, value);
    call.once("response", (response) => {
      const pieces: Buffer[] = [];
      const done = () => {
        const text = Buffer.concat(pieces).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          cpuMs: cpuMsSince(before),
        });
        call.destroy();
      };
      response
        .on("data", (piece: Buffer) => pieces.push(piece))
        .once("end", done)
        .once("error", done);
    });
    // After the answer, a socket that is cut off while the rest is sent is nothing to report.
    call.on("error", reject);
    call.end(body);
  });
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** What an attack may take of the server, the work of its client included. */
const MOST_CPU_MS = 100;
/** What a bystander may wait for while an attack is repeated: the 99th of a hundred. */
export const BYSTANDER_CPU_MS = 250;
const LONGEST_ANSWER = 2_048;

/** What tells an attacker about the inside: SQL, addresses, stacks, files, suggestions. */
const LEAK =
  /SQLSTATE|syntax error at or near|relation "|select .+ from |\bat .+:\d+:\d+|node_modules|\.ts:|127\.0\.0\.1|localhost|ECONN|EPIPE|Did you mean|stacktrace|call stack|ftv1|serviceName|password/i;

/** Everything wrong with an answer; empty when it is as demanded. */
export function faultsOf(attack: Attack, reply: Reply, subgraphCalls: number): string[] {
  const faults: string[] = [];
  const { status, text, cpuMs } = reply;
  if (!attack.status.includes(status)) faults.push(`status ${status}: ${text.slice(0, 300)}`);
  if (attack.code !== undefined && codeOf(text) !== attack.code)
    faults.push(`code ${codeOf(text)}: ${text.slice(0, 300)}`);
  if (text.length > LONGEST_ANSWER && !attack.isServed) faults.push(`an answer of ${text.length} characters`);
  if (cpuMs > MOST_CPU_MS) faults.push(`${Math.round(cpuMs)} ms of CPU time`);
  const leak = LEAK.exec(text)?.[0] ?? attack.without?.exec(text)?.[0];
  if (leak !== undefined) faults.push(`tells ${leak}: ${text.slice(0, 300)}`);
  if (!attack.isServed && subgraphCalls > 0) faults.push(`${subgraphCalls} subgraph calls`);
  if (!attack.isServed && /"data":\{/.test(text)) faults.push("data");
  return faults;
}

/** Repeats an attack five at a time, and gives what a bystander, who asks in the midst of each five, waits for. */
export async function bystanderWaits(
  rounds: number,
  { attack, bystander }: { readonly attack: () => Promise<Reply>; readonly bystander: () => Promise<Reply> },
): Promise<number[]> {
  const waits: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const attacks = [attack(), attack(), attack()];
    const asked = bystander();
    attacks.push(attack(), attack());
    waits.push((await asked).cpuMs);
    await Promise.all(attacks);
  }
  return waits;
}

export function percentile(values: readonly number[], share: number): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? 0;
}

function codeOf(text: string): unknown {
  try {
    const { errors } = JSON.parse(text) as { errors?: readonly { extensions?: { code?: unknown } }[] };
    return errors?.[0]?.extensions?.code;
  } catch {
    return undefined;
  }
}
