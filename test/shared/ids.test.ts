import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  FAMILY_PREFIXES,
  familyOfId,
  PREFIXES,
  randomId,
  stableId,
  transactionId,
} from "../../subgraphs/shared/ids.ts";
import { FAMILIES } from "../../subgraphs/shared/vocabulary.ts";

describe("ids", () => {
  test("never change: stored rows carry them", () => {
    expect(transactionId("ACQUIRER", "adyen", "ShopBE", "8515512345678901")).toBe("acq_kY8gL_P4d2p4lw5r6gMf");
    expect(stableId("fil", "a", "b")).toBe("fil_8Ezc7Zc2pp2mED8IpNqv");
  });

  test("are a prefix and 120 bits that fit a URL and a job id", () => {
    fc.assert(
      fc.property(fc.array(fc.string().filter((part) => !part.includes("\u001f"))), (parts) => {
        expect(stableId("lin", ...parts)).toMatch(/^lin_[\w-]{20}$/);
      }),
    );
  });

  test("of the same parts are equal; moving a character between parts makes another", () => {
    expect(stableId("lin", "ab", "c")).toBe(stableId("lin", "ab", "c"));
    expect(stableId("lin", "ab", "c")).not.toBe(stableId("lin", "a", "bc"));
    expect(stableId("lin", "ab", "")).not.toBe(stableId("lin", "ab"));
  });

  test("are not made of text that holds the separator", () => {
    expect(() => stableId("lin", "a\u001fb")).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });

  test("of transactions tell their family", () => {
    for (const family of FAMILIES) expect(familyOfId(transactionId(family, "p", "", "r"))).toBe(family);
    expect(new Set(FAMILIES.map((family) => transactionId(family, "p", "", "r"))).size).toBe(3);
  });

  test.each(["", "ccv_", "fil_8Ezc7Zc2pp2mED8IpNqv", "CCV_iqgkf-8TPwCQmJKJ4uYK", "ccv_iqgkf-8TPwCQmJKJ4uY'"])(
    "%j tells no family",
    (id) => {
      expect(familyOfId(id)).toBeUndefined();
    },
  );

  test("use a prefix of three letters for one kind only", () => {
    const prefixes = [...Object.values(PREFIXES), ...Object.values(FAMILY_PREFIXES)];
    expect(prefixes.filter((prefix) => !/^[a-z]{3}$/.test(prefix))).toEqual([]);
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });

  test("made at random have the same shape and differ", () => {
    expect(randomId("run")).toMatch(/^run_[\w-]{20}$/);
    expect(randomId("run")).not.toBe(randomId("run"));
  });
});
