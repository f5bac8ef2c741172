import fc from "fast-check";
import { GraphQLObjectType, type GraphQLScalarType, GraphQLSchema, graphql } from "graphql";
import { describe, expect, test } from "vitest";
import {
  BigIntScalar,
  CurrencyScalar,
  DateScalar,
  DateTimeScalar,
  TimeZoneScalar,
} from "../../subgraphs/shared/scalars.ts";

const MOST = 2n ** 63n - 1n;

/** Sends a value through a query, in the document or as a variable, and back. */
async function echo(type: GraphQLScalarType, value: { literal: string } | { variable: unknown }) {
  const echoed = { type, args: { value: { type } }, resolve: (_: unknown, args: { value?: unknown }) => args.value };
  const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: "Query", fields: { echoed } }) });
  const inDocument = "literal" in value;
  const { data, errors } = await graphql({
    schema,
    source: inDocument
      ? `{ echoed(value: ${value.literal}) }`
      : `query ($value: ${type.name}) { echoed(value: $value) }`,
    variableValues: inDocument ? {} : { value: value.variable },
  });
  return errors ? { refused: errors[0]?.message } : { data: data?.["echoed"] };
}

describe("BigInt", () => {
  test("keeps every digit of 64 bits, there and back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: -MOST - 1n, max: MOST }), async (number) => {
        expect(await echo(BigIntScalar, { variable: String(number) })).toEqual({ data: String(number) });
        expect(await echo(BigIntScalar, { literal: String(number) })).toEqual({ data: String(number) });
        expect(await echo(BigIntScalar, { literal: `"${number}"` })).toEqual({ data: String(number) });
      }),
    );
  });

  test("takes integers that JSON holds exactly", async () => {
    expect(await echo(BigIntScalar, { variable: 1250 })).toEqual({ data: "1250" });
    expect(await echo(BigIntScalar, { variable: -0 })).toEqual({ data: "0" });
  });

  test.each<unknown>([
    1.5,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    "1.5",
    "1e3",
    "0x1F",
    "",
    " 1",
    "+1",
    true,
    [1],
    {},
    `${MOST + 1n}`,
  ])("refuses the variable %j", async (variable) => {
    expect(await echo(BigIntScalar, { variable })).toHaveProperty("refused");
  });

  test.each(["1.5", "1e3", "true", '"12,50"', "[1]", "{ a: 1 }", `${MOST + 1n}`])(
    "refuses %s in a document",
    async (literal) => {
      expect(await echo(BigIntScalar, { literal })).toHaveProperty("refused");
    },
  );

  test("writes totals wider than a column, and never a float", () => {
    expect(BigIntScalar.serialize(MOST * 10n)).toBe("92233720368547758070");
    expect(BigIntScalar.serialize(7)).toBe("7");
    expect(() => BigIntScalar.serialize(0.1)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });
});

describe("DateTime", () => {
  test("is UTC with milliseconds, whatever offset it came with", async () => {
    const data = "2026-10-25T00:30:00.000Z";
    expect(await echo(DateTimeScalar, { variable: "2026-10-25T02:30:00+02:00" })).toEqual({ data });
    expect(await echo(DateTimeScalar, { literal: `"${data}"` })).toEqual({ data });
    expect(DateTimeScalar.serialize(data)).toBe(data);
  });

  test("may ask for everything since 1970", async () => {
    const data = "1970-01-01T00:00:00.000Z";
    expect(await echo(DateTimeScalar, { variable: data })).toEqual({ data });
  });

  test.each<unknown>(["2026-10-25T02:30:00", "2026-02-30T00:00:00Z", "yesterday", 1767600000000, ""])(
    "refuses %j",
    async (variable) => {
      expect(await echo(DateTimeScalar, { variable })).toHaveProperty("refused");
    },
  );

  test("does not write an invalid date", () => {
    expect(() => DateTimeScalar.serialize(new Date(Number.NaN))).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT" }),
    );
  });
});

describe("Date, Currency, TimeZone", () => {
  test.each([
    [DateScalar, "2028-02-29"],
    [CurrencyScalar, "EUR"],
    [TimeZoneScalar, "Europe/Brussels"],
    [TimeZoneScalar, "UTC"],
  ])("%s takes %s in documents and variables", async (type, data) => {
    expect(await echo(type, { variable: data })).toEqual({ data });
    expect(await echo(type, { literal: `"${data}"` })).toEqual({ data });
  });

  test.each<[GraphQLScalarType, unknown]>([
    [DateScalar, "2026-02-29"],
    [DateScalar, "2026-01-05T00:00:00Z"],
    [DateScalar, 20260105],
    [CurrencyScalar, "EURO"],
    [CurrencyScalar, 978],
    [TimeZoneScalar, "CET"],
    [TimeZoneScalar, "+01:00"],
    [TimeZoneScalar, "Europe/Bruxelles"],
  ])("%s refuses %j", async (type, variable) => {
    expect(await echo(type, { variable })).toHaveProperty("refused");
  });
});
