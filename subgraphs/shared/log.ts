import { type DestinationStream, destination, type Logger, pino } from "pino";
import { maskCards } from "./card-detector.ts";
import type { Config } from "./config.ts";
import { activeTraceId } from "./trace.ts";

export type Log = Logger;

/**
 * A structured log, one JSON object a line. Services log to stdout; CLI commands pass `process.stderr` as `to`, so that
 * their output stays clean.
 * @param bindings fields that every line carries, such as `{ service: "gateway" }`
 */
export function createLog(
  config: Pick<Config, "logLevel">,
  bindings: Fields,
  to: DestinationStream = destination({ fd: 1, sync: true }),
): Log {
  return pino(
    {
      level: config.logLevel,
      base: bindings,
      formatters: { log: withoutSecrets },
      mixin: traceOf,
      // A message may quote what someone wrote.
      hooks: { streamWrite: withoutCards },
      // The formatter does not see the bindings of a child logger; these paths do.
      redact: { paths: [...SECRET_FIELDS].map((name) => `["${name}"]`), censor: CENSOR },
    },
    to,
  );
}

/** Leads from a line of the log to its trace, where one is kept. */
function traceOf(): Fields {
  const traceId = activeTraceId();
  return traceId === undefined ? {} : { traceId };
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Card data, credentials and raw provider rows must never reach a log, at whatever depth. `detail` and `parameters` are
 * where PostgreSQL and TypeORM put the values of the row that failed. Lower case; matched without regard to case.
 */
const SECRET_FIELDS = new Set([
  "authorization",
  "cardnumber",
  "connectionstring",
  "cookie",
  "cvc",
  "cvv",
  "detail",
  "jwt",
  "pan",
  "parameters",
  "password",
  "raw",
  "rawrow",
  "secret",
  "set-cookie",
  "token",
  "track2",
  "x-api-key",
]);

const CENSOR = "[redacted]";
const MAX_DEPTH = 6;

/** Lines with a card number are rare, and only they are taken apart: a number masked in place would be no JSON. */
function withoutCards(line: string): string {
  if (maskCards(line).found === 0) return line;
  const masked: unknown = JSON.parse(line, (_, value: unknown) =>
    typeof value === "string" || typeof value === "number" ? maskedValue(value) : value,
  );
  return `${JSON.stringify(masked)}\n`;
}

function maskedValue(value: string | number): string | number {
  const { text, found } = maskCards(String(value));
  return found === 0 ? value : text;
}

/** Not pino's `redact`: it wants every path spelled out, and with wildcards three deep a line took 50 µs instead of 3. */
function withoutSecrets(fields: object, depth = 0): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    shown[name] = SECRET_FIELDS.has(name.toLowerCase()) ? CENSOR : visible(value, depth + 1);
  }
  return shown;
}

function visible(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (depth > MAX_DEPTH) return "[too deep]";
  if (value instanceof Error) return withoutSecrets(pino.stdSerializers.err(value), depth);
  return Array.isArray(value) ? value.map((item) => visible(item, depth + 1)) : withoutSecrets(value, depth);
}
