import { expect, test } from "vitest";
import { isGivenUp, mayLast, sentenceOf } from "../../../subgraphs/reconciliation/runs/lasting-failure.ts";
import { AppError } from "../../../subgraphs/shared/errors.ts";

const withCode = (code: string) => Object.assign(new Error("failed"), { code });

test.each(["40001", "40P01", "55P03", "57P01", "53300", "08006", "58030", "ECONNREFUSED", "EPIPE"])(
  "%s passes by itself",
  (code) => {
    expect(mayLast(withCode(code))).toBe(false);
  },
);

test.each(["22012", "23505", "42P01", "XX000", "57014"])("%s may last", (code) => {
  expect(mayLast(withCode(code))).toBe(true);
});

test("a lost connection passes, a fault of ours may last, and an error of the program says so itself", () => {
  expect(mayLast(new Error("Connection terminated unexpectedly"))).toBe(false);
  expect(mayLast(new TypeError("x is not a function"))).toBe(true);
  expect(mayLast(new AppError("DATABASE_UNAVAILABLE", "away"))).toBe(false);
  expect(mayLast(new AppError("NOT_FOUND", "none"))).toBe(true);
});

test("only what the program says itself is shown to people", () => {
  expect(sentenceOf(new AppError("NOT_FOUND", "There is no such rule set."))).toBe("There is no such rule set.");
  expect(sentenceOf(withCode("42P01"))).not.toContain("failed");
});

test("a run is given up after three failures that may last: at once if we refuse it, else after five minutes", () => {
  const refused = new AppError("NOT_FOUND", "none");
  const [fault, passing] = [withCode("42703"), withCode("40001")];
  expect(isGivenUp({ failures: 1, ageSeconds: 900 }, [refused, fault])).toBe(false);
  expect(isGivenUp({ failures: 2, ageSeconds: 0 }, [refused])).toBe(true);
  expect(isGivenUp({ failures: 9, ageSeconds: 299 }, [refused, fault])).toBe(false);
  expect(isGivenUp({ failures: 2, ageSeconds: 300 }, [refused, fault])).toBe(true);
  expect(isGivenUp({ failures: 9, ageSeconds: 900 }, [fault, passing])).toBe(false);
});
