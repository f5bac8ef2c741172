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
  readonly ms: number;
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
  const startedAt = performance.now();
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
          ms: performance.now() - startedAt,
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

const LONGEST_MS = 500;
const LONGEST_ANSWER = 2_048;

/** What tells an attacker about the inside: SQL, addresses, stacks, files, suggestions. */
const LEAK =
  /SQLSTATE|syntax error at or near|relation "|select .+ from |\bat .+:\d+:\d+|node_modules|\.ts:|127\.0\.0\.1|localhost|ECONN|EPIPE|Did you mean|stacktrace|call stack|ftv1|serviceName|password/i;

/** Everything wrong with an answer; empty when it is as demanded. */
export function faultsOf(attack: Attack, reply: Reply, subgraphCalls: number): string[] {
  const faults: string[] = [];
  const { status, text, ms } = reply;
  if (!attack.status.includes(status)) faults.push(`status ${status}: ${text.slice(0, 300)}`);
  if (attack.code !== undefined && codeOf(text) !== attack.code)
    faults.push(`code ${codeOf(text)}: ${text.slice(0, 300)}`);
  if (text.length > LONGEST_ANSWER && !attack.isServed) faults.push(`an answer of ${text.length} characters`);
  if (ms > LONGEST_MS) faults.push(`${Math.round(ms)} ms`);
  const leak = LEAK.exec(text)?.[0] ?? attack.without?.exec(text)?.[0];
  if (leak !== undefined) faults.push(`tells ${leak}: ${text.slice(0, 300)}`);
  if (!attack.isServed && subgraphCalls > 0) faults.push(`${subgraphCalls} subgraph calls`);
  if (!attack.isServed && /"data":\{/.test(text)) faults.push("data");
  return faults;
}

function codeOf(text: string): unknown {
  try {
    const { errors } = JSON.parse(text) as { errors?: readonly { extensions?: { code?: unknown } }[] };
    return errors?.[0]?.extensions?.code;
  } catch {
    return undefined;
  }
}
