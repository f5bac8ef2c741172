import { Cancellation } from "./cancellation.ts";
import type { ErrorPath, Fault } from "./errors.ts";
import { AnswerTooLarge, DeadlinePassed } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import { isObject, readOwn } from "./json.ts";
import { POST_HEADERS } from "./post-headers.ts";
import type { SubgraphAnswer } from "./subgraph-answer.ts";

/** What a caller gives with one request. */
export type RunContext = {
  /** Sent with every subgraph call as given; write names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Aborting it aborts every fetch under way and starts no more. */
  readonly signal?: AbortSignal | undefined;
  /** In place of `signal`, and cheaper; the run aborts it when the deadline has passed. */
  readonly cancellation?: Cancellation | undefined;
  /** Milliseconds since 1970 after which nobody waits for the answer; sent to subgraphs as `x-deadline`. */
  readonly deadline?: number | undefined;
  /** Puts the plan into the answer's `extensions.plan`; whether the caller may see it is for who sets this to know. */
  readonly explain?: boolean | undefined;
  /**
   * Says that the result is only written as JSON, which is quicker: its objects have no null prototype then, and are
   * those of the subgraphs' answers wherever these hold just what was asked.
   */
  readonly isForText?: boolean | undefined;
};

/** What every execution of one engine is held to. */
export type RunLimits = {
  /** Most bytes of all the answers of subgraphs behind HTTP to one operation, or to one event of a subscription. */
  readonly maxOperationBytes: number;
  /** The keys of subgraphs' `extensions` that are passed on. */
  readonly extensionKeys: readonly string[];
};

/** What is known to be wrong with one object of the data, kept until it is known where the client sees it. */
export type Note = {
  /** The response names that a fetch asked of the object. */
  readonly asked: ReadonlySet<string>;
  /** Reported at every asked name that stayed without a value; absent when other errors already tell it. */
  readonly missing?: Fault;
  /** Errors inside the object, with the path below it. */
  readonly inside?: readonly { readonly path: ErrorPath; readonly fault: Fault }[];
  /** True when the errors inside are in the reports already. */
  readonly isTold?: boolean;
};

const LONGEST_TIMER_MS = 2_147_483_647;

/** The state of one execution: the data gathered so far, what went wrong, and the limits it runs under. */
export class Run {
  /** What subgraphs answered, merged, under response names; fields nobody selected may be in it. */
  readonly data: JsonObject = {};
  /** Faults whose place in the answer is known already. */
  readonly reports: { readonly fault: Fault; readonly path: ErrorPath | undefined }[] = [];
  /** By object of `data`; undefined while nothing has gone wrong, so that the usual case pays nothing. */
  notes: Map<JsonObject, Note[]> | undefined;
  /** Calls that a twin may share while they run, by everything that makes them the same. */
  readonly underway = new Map<string, Promise<SubgraphAnswer>>();
  /** Allowed extensions of subgraphs: by key, then by subgraph. */
  extensions: Record<string, JsonObject> | undefined;
  readonly cancellation: Cancellation;
  readonly headers: Readonly<Record<string, string>>;
  private readonly letGo: (() => void) | undefined;
  private ownPostHeaders: Record<string, string> | undefined;
  private readonly variableTexts = new Map<string, string | undefined>();
  private timer: NodeJS.Timeout | undefined;
  private receivedBytes = 0;

  constructor(
    readonly variables: Readonly<Record<string, unknown>>,
    context: RunContext,
    private readonly limits: RunLimits,
  ) {
    if (context.cancellation) this.cancellation = context.cancellation;
    else ({ cancellation: this.cancellation, letGo: this.letGo } = Cancellation.following(context.signal));
    const deadline = context.deadline;
    this.headers =
      deadline === undefined ? (context.headers ?? {}) : { ...context.headers, "x-deadline": `${deadline}` };
    if (deadline !== undefined) this.startTimer(deadline - Date.now());
  }

  /** The headers of every call over HTTP. */
  get postHeaders(): Record<string, string> {
    this.ownPostHeaders ??= { ...this.headers, ...POST_HEADERS };
    return this.ownPostHeaders;
  }

  note(object: JsonObject, note: Note): void {
    this.notes ??= new Map();
    const present = this.notes.get(object);
    if (present) present.push(note);
    else this.notes.set(object, [note]);
  }

  /** Counts what subgraphs send, as it arrives. @throws AnswerTooLarge */
  readonly receive = (bytes: number): void => {
    this.receivedBytes += bytes;
    const { maxOperationBytes } = this.limits;
    if (this.receivedBytes <= maxOperationBytes) return;
    throw new AnswerTooLarge(`brought the whole answer to more than ${maxOperationBytes} bytes`);
  };

  /** Keeps what is allowed of a subgraph's extensions, and drops the rest. */
  keepExtensions(service: string, extensions: unknown): void {
    if (!isObject(extensions)) return;
    for (const key of this.limits.extensionKeys) {
      const value = readOwn(extensions, key);
      if (value === undefined) continue;
      this.extensions ??= {};
      this.extensions[key] = { ...this.extensions[key], [service]: value };
    }
  }

  /** The JSON text of a client's variable, made once per request; undefined when the client did not give it. */
  variableText(name: string): string | undefined {
    if (this.variableTexts.has(name)) return this.variableTexts.get(name);
    const text = Object.hasOwn(this.variables, name) ? JSON.stringify(this.variables[name]) : undefined;
    this.variableTexts.set(name, text);
    return text;
  }

  /** Settles as `work` does, or rejects once the run is aborted: a caller that ignores the signal holds nobody up. */
  untilAborted<T>(work: PromiseLike<T>): Promise<T> {
    const { cancellation } = this;
    return new Promise((resolve, reject) => {
      cancellation.onAbort(reject);
      const settled = () => cancellation.forget(reject);
      work.then(
        (value) => {
          settled();
          resolve(value);
        },
        (error: unknown) => {
          settled();
          reject(error);
        },
      );
    });
  }

  /** Lets go of the timer and of the caller's signal. */
  end(): void {
    clearTimeout(this.timer);
    this.letGo?.();
  }

  private startTimer(remainingMs: number): void {
    const expire = () => this.cancellation.abort(new DeadlinePassed());
    if (remainingMs <= 0) expire();
    else this.timer = setTimeout(expire, Math.min(remainingMs, LONGEST_TIMER_MS));
  }
}
