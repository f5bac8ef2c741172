import { expect, test } from "vitest";
import { instrumentBehind } from "../../adapters/vouchers/behind-acquirer.ts";

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
