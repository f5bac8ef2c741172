import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { maskCards } from "../../subgraphs/shared/card-detector.ts";
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
  return new OpenExchange(request, response, log);
}

/** What most requests have no use for is made when it is asked for. */
class OpenExchange implements Exchange {
  readonly path: string;
  readonly requestId: string;
  private ownLog: Log | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    private readonly parentLog: Log,
  ) {
    const { url = "/" } = request;
    const end = url.indexOf("?");
    this.path = end < 0 ? url : url.slice(0, end);
    this.requestId = requestIdOf(request);
  }

  get query(): URLSearchParams {
    return new URLSearchParams((this.request.url ?? "/").slice(this.path.length));
  }

  get log(): Log {
    this.ownLog ??= this.parentLog.child({ requestId: this.requestId });
    return this.ownLog;
  }
}

/** A caller's own id is kept, so that one id runs through its logs and ours, unless it could break a log line or is a card number. */
const PLAIN_ID = /^[\w.:-]{1,64}$/;

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && PLAIN_ID.test(given) && maskCards(given).found === 0 ? given : randomUUID();
}
