import { expect, test } from "vitest";
import { isDamaged } from "../../subgraphs/reconciliation/matching/damaged-reference.ts";

const BOOKED = "B3CDFGHJKLMN8PQR";

test.each([
  ["one character misread", "B3CDFGHJKLMN3PQR"],
  ["one left out", "B3CDFGHJKMN8PQR"],
  ["one put in", "B3CDFGHJKLMNN8PQR"],
  ["two neighbours swapped", "B3CDFGJHKLMN8PQR"],
  ["the end cut off", "B3CDFGHJKLMN8"],
])("%s is a damage", (_, told) => {
  expect(isDamaged(told, BOOKED)).toBe(true);
});

test.each([
  ["the same", BOOKED, BOOKED],
  ["two characters misread", "B3CDFGHJ3LMN3PQR", BOOKED],
  ["the next of a shop's own numbers", "WEB-00018", "WEB-00019"],
  ["two numbers of one length, since either may be another's", "300000123456", "300000123457"],
  ["another one", "ZZZZZZZZZZZZZZZZ", BOOKED],
])("%s is none", (_, told, booked) => {
  expect(isDamaged(told, booked)).toBe(false);
});
