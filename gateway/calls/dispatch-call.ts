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

class CallHandler implements Dispatcher.DispatchHandler {
  private controller: Controller | undefined;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private readonly pieces: Buffer[] = [];
  private body: Readable | undefined;
  private isOver = false;

  constructor(
    private readonly cancellation: Cancellation,
    private readonly resolve: (answer: CallAnswer) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    cancellation.onAbort(this.abort);
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    const { aborted, reason } = this.cancellation;
    if (aborted) controller.abort(asError(reason));
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    // What precedes the answer proper, such as 103 Early Hints.
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
    // Without a length this is not a number, and so not at most anything.
    if (Number(headers["content-length"]) <= MOST_HELD_BYTES) return;
    this.body = new Readable({
      read: () => controller.resume(),
      destroy: (error, done) => {
        if (!this.isOver) controller.abort(error ?? new Error("nobody reads the rest"));
        done(error);
      },
    });
    this.resolve({ status, headers, body: this.body });
  }

  onResponseData(controller: Controller, piece: Buffer): void {
    if (!this.body) this.pieces.push(piece);
    else if (!this.body.push(piece)) controller.pause();
  }

  onResponseEnd(): void {
    this.finish();
    if (this.body) this.body.push(null);
    else this.resolve({ status: this.status, headers: this.headers, text: textOf(this.pieces) });
  }

  onResponseError(_: Controller, error: Error): void {
    this.finish();
    if (this.body) this.body.destroy(error);
    else if (this.status === 0 || this.cancellation.aborted) this.reject(error);
    else this.reject(new Error("the answer broke off", { cause: error }));
  }

  private finish(): void {
    this.isOver = true;
    this.cancellation.forget(this.abort);
  }

  /** One that still waits for a socket is given up at once, and ends when its turn comes. */
  private readonly abort = (): void => {
    const { reason } = this.cancellation;
    this.controller?.abort(asError(reason));
    this.reject(reason);
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("nobody waits for the answer", { cause: reason });
}

function textOf(pieces: readonly Buffer[]): string {
  const [only] = pieces;
  return pieces.length === 1 && only ? only.toString() : Buffer.concat(pieces).toString();
}
