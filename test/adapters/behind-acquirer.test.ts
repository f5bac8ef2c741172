import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { adapter as adyen } from "../../adapters/providers/adyen-settlement-detail.ts";
import { instrumentBehind } from "../../adapters/vouchers/behind-acquirer.ts";
import { bytesOf, FIXTURES, readAll } from "./fixtures.ts";

const MASTERCARD = { type: "CARD", method: "mastercard", last4: "1234" } as const;

test("an Edenred card that arrives as a Mastercard is a voucher of Edenred's", () => {
  expect(instrumentBehind(MASTERCARD, { words: ["mc", "mc_edenred_meal"] })).toEqual({
    family: "E_VOUCHER",
    voucher: { issuer: "EDENRED", purse: "MEAL" },
    payment: { type: "VOUCHER", method: "meal_voucher", brand: "edenred", last4: "1234" },
  });
});

test.each([
  [{ product: "SPC" }, "EDENRED", "SPORT_CULTURE"],
  [{ words: ["EDRD"], product: "ECO" }, "EDENRED", "ECO"],
  [{ words: ["visa", "Pluxee Lunch"] }, "PLUXEE", "MEAL"],
  [{ words: ["SODEXO"] }, "PLUXEE", "UNKNOWN"],
  [{ words: ["voucher", "monizze eco-cheque"] }, "MONIZZE", "ECO"],
] as const)("%j is a voucher of %s, purse %s", (evidence, issuer, purse) => {
  expect(instrumentBehind(MASTERCARD, evidence)).toMatchObject({ family: "E_VOUCHER", voucher: { issuer, purse } });
});

test("a card range tells the issuer where no word does, and the file never does", () => {
  const bins = [{ prefix: "555500", issuer: "EDENRED" }] as const;
  const card = { words: ["mc"], maskedPan: "555500XXXXXX1234" };
  expect(instrumentBehind(MASTERCARD, card, bins)).toMatchObject({
    family: "E_VOUCHER",
    voucher: { purse: "UNKNOWN" },
  });
  expect(instrumentBehind(MASTERCARD, { ...card, maskedPan: "555501XXXXXX1234" }, bins).family).toBe("ACQUIRER");
});

test("an ordinary card stays the acquirer's, whatever its product is called", () => {
  expect(instrumentBehind(MASTERCARD, { words: ["mc", "Mastercard World Economy"], product: "MCC" })).toEqual({
    family: "ACQUIRER",
    payment: MASTERCARD,
  });
});

test("Adyen's report of an Edenred card is of the vouchers' family, under Adyen's account, and still foots", async () => {
  const file = new URL("adyen-settlement-detail/settlement_detail_report_batch_41.csv", FIXTURES);
  const text = await readFile(file, "utf8");
  const [from = ""] = /,mc,/.exec(text) ?? [];
  const { rows, totals } = await readAll(adyen, bytesOf(text.replaceAll(from, ",edenred_mc,")));
  const vouchers = rows.flatMap((row) => (row.kind === "event" && row.event.family === "E_VOUCHER" ? [row.event] : []));
  expect(vouchers.length).toBeGreaterThan(0);
  expect(vouchers[0]).toMatchObject({
    provider: "adyen",
    voucher: { issuer: "EDENRED" },
    payment: { type: "VOUCHER" },
  });
  expect(totals.every(({ expected, actual }) => expected === actual)).toBe(true);
});
