import { GraphQLScalarType, Kind, type ValueNode } from "graphql";
import { AppError } from "./errors.ts";
import { currencyOf } from "./money.ts";
import { calendarDate, dateTimeOf, zoneFor } from "./time.ts";

/** Amounts and counts. A string of digits on the wire, because JSON numbers lose digits above 2^53. */
export const BigIntScalar = new GraphQLScalarType<bigint, string>({
  name: "BigInt",
  description:
    'A whole number of up to 64 bits, written as a string of digits: `"1250"`. Input may also be an integer.',
  serialize: (value) => String(wholeNumber(value)),
  parseValue: (value) => storable(wholeNumber(value)),
  parseLiteral: (node) => {
    if (node.kind !== Kind.INT && node.kind !== Kind.STRING) throw invalid("BigInt", node.kind, WHOLE_NUMBER);
    return storable(wholeNumber(node.value));
  },
});

export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: "DateTime",
  description: "An instant, ISO 8601 in UTC with milliseconds: `2026-01-05T08:00:00.000Z`. Input may have any offset.",
  serialize: (value) => instant(value).toISOString(),
  parseValue: (value) => dateTimeOf(textOf("DateTime", value)),
  parseLiteral: (node) => dateTimeOf(stringIn("DateTime", node)),
});

export const DateScalar = textScalar(
  "Date",
  "A calendar day without a time, such as a booking or business date: `2026-01-05`.",
  (text) => calendarDate(text, "YYYY-MM-DD"),
);

export const CurrencyScalar = textScalar("Currency", "An ISO 4217 code in capitals: `EUR`.", currencyOf);

export const TimeZoneScalar = textScalar("TimeZone", "An IANA time zone: `Europe/Brussels`.", (text) => {
  const zone = zoneFor(text);
  // Provider files write labels such as CET; a caller says where it is.
  if (zone !== text) throw new AppError("UNKNOWN_ZONE", `"${text}" is not an IANA time zone; did you mean "${zone}"?`);
  return zone;
});

const WHOLE_NUMBER = "write a whole number as a string of digits";

/** A scalar that is text on both sides, and on neither without a check. */
function textScalar(name: string, description: string, check: (text: string) => string) {
  return new GraphQLScalarType<string, string>({
    name,
    description,
    serialize: (value) => check(textOf(name, value)),
    parseValue: (value) => check(textOf(name, value)),
    parseLiteral: (node) => check(stringIn(name, node)),
  });
}

function wholeNumber(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  // A number beyond 2^53 has lost its last digits before it came here.
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d{1,40}$/.test(value)) return BigInt(value);
  throw invalid("BigInt", value, WHOLE_NUMBER);
}

/** Totals may be wider than one column, input may not. */
function storable(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw invalid("BigInt", value, "it does not fit 64 bits");
  return value;
}

function instant(value: unknown): Date {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
  return dateTimeOf(textOf("DateTime", value));
}

function stringIn(name: string, node: ValueNode): string {
  if (node.kind === Kind.STRING) return node.value;
  throw invalid(name, node.kind, "write it as a string");
}

function textOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw invalid(name, value, "write it as a string");
}

function invalid(name: string, value: unknown, why: string): AppError {
  return new AppError("INVALID_INPUT", `${String(value).slice(0, 40)} is not a ${name}: ${why}`);
}
