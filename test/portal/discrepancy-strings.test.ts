import { expect, test } from "vitest";
import { strings } from "../../portal/domain/discrepancies/strings/en.ts";
import { strings as words } from "../../portal/pages/transactions/strings/en.ts";
import { DISCREPANCY_TYPES } from "../../subgraphs/reconciliation/discrepancy-type.ts";
import { RULES } from "../../subgraphs/shared/status.ts";

test("every kind of discrepancy has a name, and says what it means", () => {
  expect(Object.keys(strings.names).sort()).toEqual([...DISCREPANCY_TYPES].sort());
  expect(Object.keys(strings.meanings).sort()).toEqual([...DISCREPANCY_TYPES].sort());
});

test("every rule that can decide a status says why", () => {
  expect(Object.keys(words.detail.rules)).toEqual(Object.keys(RULES));
});
