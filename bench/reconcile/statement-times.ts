import { type Span, type SpanOptions, trace } from "@opentelemetry/api";

export type StatementTime = {
  readonly statement: string;
  readonly ms: number;
  readonly cpuMs: number;
  readonly times: number;
};

/**
 * Registers a tracer that adds up how long each statement takes, and how much of it its backend works by the clock given;
 * the answer tells so far, the dearest first.
 */
export function timeStatements(backendCpuMs: () => number | undefined): () => readonly StatementTime[] {
  const sums = new Map<string, { ms: number; cpuMs: number; times: number }>();
  const add = (statement: string, ms: number, cpuMs: number) => {
    const before = sums.get(statement) ?? { ms: 0, cpuMs: 0, times: 0 };
    sums.set(statement, { ms: before.ms + ms, cpuMs: before.cpuMs + cpuMs, times: before.times + 1 });
  };
  const begin = (options: SpanOptions): Span => {
    const text = options.attributes?.["db.query.text"];
    const start = performance.now();
    const cpuStart = backendCpuMs() ?? 0;
    const end = () =>
      typeof text === "string" && add(nameOf(text), performance.now() - start, (backendCpuMs() ?? 0) - cpuStart);
    const span = { end, setStatus: () => span, setAttribute: () => span } as unknown as Span;
    return span;
  };
  const tracer = {
    startActiveSpan: (_: string, options: SpanOptions, work: (span: Span) => unknown) => work(begin(options)),
  };
  trace.setGlobalTracerProvider({ getTracer: () => tracer } as never);
  return () =>
    [...sums]
      .map(([statement, { ms, cpuMs, times }]) => ({ statement, ms: Math.round(ms), cpuMs: Math.round(cpuMs), times }))
      .sort((a, b) => b.ms - a.ms);
}

const LONGEST_NAME = 110;

/** A statement by how it begins. */
function nameOf(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST_NAME);
}
