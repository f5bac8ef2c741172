import { type Span, type SpanOptions, trace } from "@opentelemetry/api";

export type StatementTime = { readonly statement: string; readonly ms: number; readonly times: number };

/** Registers a tracer that adds up how long each statement takes; the answer tells so far, the dearest first. */
export function timeStatements(): () => readonly StatementTime[] {
  const sums = new Map<string, { ms: number; times: number }>();
  const add = (statement: string, ms: number) => {
    const { ms: before, times } = sums.get(statement) ?? { ms: 0, times: 0 };
    sums.set(statement, { ms: before + ms, times: times + 1 });
  };
  const begin = (options: SpanOptions): Span => {
    const text = options.attributes?.["db.query.text"];
    const start = performance.now();
    const end = () => typeof text === "string" && add(nameOf(text), performance.now() - start);
    const span = { end, setStatus: () => span, setAttribute: () => span } as unknown as Span;
    return span;
  };
  const tracer = {
    startActiveSpan: (_: string, options: SpanOptions, work: (span: Span) => unknown) => work(begin(options)),
  };
  trace.setGlobalTracerProvider({ getTracer: () => tracer } as never);
  return () =>
    [...sums]
      .map(([statement, { ms, times }]) => ({ statement, ms: Math.round(ms), times }))
      .sort((a, b) => b.ms - a.ms);
}

const LONGEST_NAME = 110;

/** A statement by how it begins. */
function nameOf(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST_NAME);
}
