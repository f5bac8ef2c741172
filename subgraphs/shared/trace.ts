import {
  type Attributes,
  context,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { maskCards } from "./card-detector.ts";

export type SpanFacts = {
  /** Which side of a call it is, or of a queue; work inside this process when left out. */
  readonly kind?: keyof typeof KINDS;
  /** Never values that a person or a provider wrote. */
  readonly attributes?: Attributes;
  /** What caused it and did not wait for it, as `carriedTrace` gave it. */
  readonly causedBy?: string | undefined;
};

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/**
 * Does a piece of work in a span of its own: OpenTelemetry's, where an operator has registered an SDK. Without one there
 * is no span, and next to nothing is done for it.
 */
export function inSpan<T>(name: string, facts: SpanFacts, work: (span: Span | undefined) => Promise<T>): Promise<T> {
  const tracer = registeredTracer();
  if (!tracer) return work(undefined);
  const { kind, attributes, causedBy } = facts;
  const cause = causedBy === undefined ? undefined : trace.getSpanContext(contextOf(causedBy));
  const options = {
    kind: kind ? KINDS[kind] : SpanKind.INTERNAL,
    ...(attributes && { attributes }),
    ...(cause && { links: [{ context: cause }], root: true }),
  };
  return tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      // Not the message: it may hold what a row or a document held.
      span.setAttribute("error.type", error instanceof Error ? error.name : typeof error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The work of a span goes on where it was begun elsewhere; `traceparent` as a caller sent it. */
export function continueTrace<T>(traceparent: string | undefined, work: () => T): T {
  return traceparent === undefined || !registeredTracer() ? work() : context.with(contextOf(traceparent), work);
}

/** The span under way, as a `traceparent` to send along; undefined where none is. */
export function carriedTrace(): string | undefined {
  if (!registeredTracer()) return undefined;
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** For log lines; undefined where no span is under way. */
export function activeTraceId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId;
}

/** Marks what a span was about as failed, without an exception. */
export function markFailed(span: Span | undefined, code: string): void {
  span?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute("error.type", code);
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Nothing but the ids is taken over: what else a stranger sends along (`tracestate`, baggage) goes no further. */
function contextOf(traceparent: string) {
  const isPlain = TRACEPARENT.test(traceparent) && maskCards(traceparent).found === 0;
  return isPlain ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT;
}

function registeredTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider
    ? provider.getDelegateTracer("concord")
    : provider.getTracer("concord");
}
