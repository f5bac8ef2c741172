import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import type { Dispatcher, Pool } from "undici";
import type { Cancellation } from "../engine/cancellation.ts";

/** What a subgraph answered: whole, or with a body that is still coming in. */
export type CallAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders } & (
  | { readonly text: string }
  | { readonly body: Readable }
);

export type CallRequest = { readonly path: string; readonly headers: string[]; readonly body: string };

/**
 * Posts a body and reads the answer. Not through the client's own `request`: its stream for each answer costs about as
 * much as all the rest of a short call. Rejects with the client's error before there is an answer, and with one that has
 * no code once the answer has begun, so that nobody takes it for a call that never arrived.
 */
export function dispatchCall(pool: Pool, request: CallRequest, cancellation: Cancellation): Promise<CallAnswer> {
  if (cancellation.aborted) return Promise.reject(cancellation.reason);
  return new Promise((resolve, reject) => {
    pool.dispatch({ ...request, method: "POST" }, new CallHandler(cancellation, resolve, reject));
  });
}

/** Up to here a declared length is believed and the answer is held; what is longer is read by whoever can stop it. */
const MOST_HELD_BYTES = 1024 * 1024;

type Controller = Dispatcher.DispatchController;

/** A call that is not over yet. */
type OpenCall = {
  readonly cancellation: Cancellation;
  readonly resolve: (answer: CallAnswer) => void;
  readonly reject: (error: unknown) => void;
  /** What the cancellation calls. */
  readonly stop: () => void;
  readonly pieces: Buffer[];
  controller: Controller | undefined;
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable | undefined;
};

/**
 * Lets go of the call once it is over: a handler that outlived a collection of the young generation keeps, though it is
 * garbage itself, all that it leads to until the whole heap is looked through.
 */
class CallHandler implements Dispatcher.DispatchHandler {
  private call: OpenCall | undefined;

  constructor(cancellation: Cancellation, resolve: OpenCall["resolve"], reject: OpenCall["reject"]) {
    const stop = () => this.stop(cancellation.reason);
    const nothingYet = { controller: undefined, status: 0, headers: {}, body: undefined };
    this.call = { cancellation, resolve, reject, stop, pieces: [], ...nothingYet };
    cancellation.onAbort(stop);
  }

  onRequestStart(controller: Controller): void {
    if (!this.call) return;
    this.call.controller = controller;
    const { aborted, reason } = this.call.cancellation;
    if (aborted) controller.abort(asError(reason));
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    // What precedes the answer proper, such as 103 Early Hints.
    if (!this.call || status < 200) return;
    this.call.status = status;
    this.call.headers = headers;
    // Without a length this is not a number, and so not at most anything.
    if (Number(headers["content-length"]) <= MOST_HELD_BYTES) return;
    const body = new Readable({
      read: () => controller.resume(),
      destroy: (error, done) => {
        if (this.call) controller.abort(error ?? new Error("nobody reads the rest"));
        done(error);
      },
    });
    this.call.body = body;
    this.call.resolve({ status, headers, body });
  }

  onResponseData(controller: Controller, piece: Buffer): void {
    if (!this.call?.body) this.call?.pieces.push(piece);
    else if (!this.call.body.push(piece)) controller.pause();
  }

  onResponseEnd(): void {
    const call = this.finish();
    if (call?.body) call.body.push(null);
    else call?.resolve({ status: call.status, headers: call.headers, text: textOf(call.pieces) });
  }

  onResponseError(_: Controller, error: Error): void {
    const call = this.finish();
    if (call?.body) call.body.destroy(error);
    else if (call?.status === 0 || call?.cancellation.aborted) call.reject(error);
    else call?.reject(new Error("the answer broke off", { cause: error }));
  }

  private finish(): OpenCall | undefined {
    const { call } = this;
    this.call = undefined;
    call?.cancellation.forget(call.stop);
    return call;
  }

  /** One that still waits for a socket is given up at once, and ends when its turn comes. */
  private stop(reason: unknown): void {
    this.call?.controller?.abort(asError(reason));
    this.call?.reject(reason);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("nobody waits for the answer", { cause: reason });
}

function textOf(pieces: readonly Buffer[]): string {
  const [only] = pieces;
  return pieces.length === 1 && only ? only.toString() : Buffer.concat(pieces).toString();
}
