import type { ExecutionResult } from "graphql";
import { answer } from "./answer.ts";
import type { End } from "./channel.ts";
import { createChannel } from "./channel.ts";
import type { Primary } from "./compile-subscription.ts";
import type { Fault } from "./errors.ts";
import { engineError, faultError, unavailable } from "./errors.ts";
import type { StartedOperation } from "./operations.ts";
import type { RunContext, RunLimits } from "./run.ts";
import { Run } from "./run.ts";

export type SubscriptionLimits = RunLimits & {
  /** Events that wait for a reader who is slower than they come; with one more the subscription ends. */
  readonly maxWaitingEvents: number;
  /** Bytes of waiting events, of those whose size is known. */
  readonly maxWaitingBytes: number;
  /** How long the fetches for one event may take. */
  readonly eventTimeoutMs: number;
};

export type Subscription = {
  /** Ends it with an error after the events that are waiting. */
  end(fault: Fault): void;
};

/** Opens the stream of events at the owning subgraph at once; each is completed from the others when it is read. */
export function startSubscription(
  { started, primary, context }: Pick<EventRun, "started" | "primary" | "context">,
  limits: SubscriptionLimits,
  /** Where it is kept while it is open. */
  active: Set<Subscription>,
): AsyncIterableIterator<ExecutionResult> {
  const channel = createChannel<unknown>({ maxItems: limits.maxWaitingEvents, maxBytes: limits.maxWaitingBytes });
  const reader = new AbortController();
  const upstream = new AbortController();
  const { headers } = context;
  const signal = context.cancellation?.signal ?? context.signal;
  const opening = new Run(started.variables, { headers, signal: upstream.signal }, limits);

  function finish(end: End): void {
    channel.end(end);
    upstream.abort();
    opening.end();
    active.delete(subscription);
  }
  function leave(): void {
    reader.abort();
    finish({});
  }
  function deliver(event: unknown, bytes: number): void {
    if (!channel.push(event, bytes)) finish({ fault: TOO_SLOW });
  }

  const complete = (event: unknown, isExplained: boolean) =>
    completeEvent(event, { started, primary, isExplained, limits, context: { headers, signal: reader.signal } });
  const events = read(channel, reader.signal, complete, context.explain === true);
  // Also once the source has ended: what is waiting is still read.
  const forget = () => signal?.removeEventListener("abort", leave);
  const subscription: Subscription = { end: (fault) => finish({ fault }) };
  active.add(subscription);
  if (signal?.aborted) leave();
  else {
    signal?.addEventListener("abort", leave, { once: true });
    primary.follow(opening, deliver).then(
      () => finish({}),
      (cause) => finish({ fault: unavailable(primary.service, cause) }),
    );
  }
  return cancellable(events, leave, forget);
}

const TOO_SLOW: Fault = {
  message: "Events came faster than they were read: subscribe again, with a narrower filter.",
  code: "SUBSCRIPTION_TOO_SLOW",
};

async function* read(
  channel: ReturnType<typeof createChannel<unknown>>,
  left: AbortSignal,
  complete: (event: unknown, isExplained: boolean) => Promise<ExecutionResult>,
  isExplained: boolean,
): AsyncGenerator<ExecutionResult, undefined> {
  for (let isFirst = true; ; isFirst = false) {
    const next = await channel.take();
    if (left.aborted) return undefined;
    if (!("item" in next)) {
      if (next.fault) yield { errors: [faultError(next.fault, undefined)] };
      return undefined;
    }
    // The plan is the same for every event: it is told with the first.
    const result = await complete(next.item, isExplained && isFirst);
    if (left.aborted) return undefined;
    yield result;
  }
}

/** A generator answers `return` only when it next yields, which may be never: what it waits for is ended first. */
function cancellable(
  events: AsyncGenerator<ExecutionResult, undefined>,
  leave: () => void,
  forget: () => void,
): AsyncIterableIterator<ExecutionResult> {
  return {
    async next() {
      const result = await events.next();
      if (result.done) forget();
      return result;
    },
    return() {
      forget();
      leave();
      return events.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

type EventRun = {
  readonly started: StartedOperation;
  readonly primary: Primary;
  readonly isExplained: boolean;
  readonly limits: SubscriptionLimits;
  readonly context: RunContext;
};

async function completeEvent(event: unknown, options: EventRun): Promise<ExecutionResult> {
  const { started, primary, isExplained, limits, context } = options;
  const deadline = Date.now() + limits.eventTimeoutMs;
  const run = new Run(started.variables, { ...context, deadline }, limits);
  try {
    primary.settle(run, event);
    await started.planned.run(run);
    return answer(started.planned, run, { isExplained });
  } catch (error) {
    return { errors: [engineError("INTERNAL_SERVER_ERROR", "Internal error.", error)] };
  } finally {
    run.end();
  }
}
