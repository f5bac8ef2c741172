import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

export type RecordedSpans = {
  /** Those that have ended, oldest end first. */
  readonly spans: () => readonly ReadableSpan[];
  readonly clear: () => void;
  /** Unregisters the SDK. */
  readonly stop: () => void;
};

/** Registers OpenTelemetry's SDK as an operator would, with an exporter that keeps what it is given. */
export function recordSpans(): RecordedSpans {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return {
    spans: () => exporter.getFinishedSpans(),
    clear: () => exporter.reset(),
    stop: () => {
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
