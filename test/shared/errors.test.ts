import { expect, test } from "vitest";
import { AppError, ERRORS } from "../../subgraphs/shared/errors.ts";

test("the error table is alphabetical and each entry is one sentence with an HTTP error status", () => {
  const codes = Object.keys(ERRORS);
  expect(codes).toEqual([...codes].sort());
  for (const [code, { status, message }] of Object.entries(ERRORS)) {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(message).toMatch(/^[A-Z][^.]*: .*\.$/);
  }
});

test("an error keeps its code and its cause", () => {
  const cause = new Error("ECONNREFUSED");
  const error = new AppError("DATABASE_UNAVAILABLE", "The database at /tmp does not answer.", { cause });
  expect(error).toMatchObject({ name: "AppError", code: "DATABASE_UNAVAILABLE", cause });
});
