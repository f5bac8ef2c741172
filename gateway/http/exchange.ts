import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../../subgraphs/shared/log.ts";

/** One request with its answer, and the name both have in the log. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly requestId: string;
  /** Every line of it carries the request id. */
  readonly log: Log;
};

export function openExchange(request: IncomingMessage, response: ServerResponse, log: Log): Exchange {
  const requestId = requestIdOf(request);
  const address = request.url ?? "/";
  const path = address.replace(/\?.*$/s, "");
  const search = address.slice(path.length);
  return { request, response, path, query: new URLSearchParams(search), requestId, log: log.child({ requestId }) };
}

/** A caller's own id is kept, so that one id runs through its logs and ours, unless it could break a log line. */
const PLAIN_ID = /^[\w.:-]{1,64}$/;

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && PLAIN_ID.test(given) ? given : randomUUID();
}
