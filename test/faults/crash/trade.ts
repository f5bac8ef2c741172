import type { MerchantRegistration } from "../../../subgraphs/accounts/register.ts";
import { adyenReport, terminalJournal } from "../../support/settlement-files.ts";

export const MERCHANT = "mer_crash";
const ACCOUNT = "CrashShop";
const TERMINAL = "90000001";

export const registration: MerchantRegistration = {
  merchant: { id: MERCHANT, name: "Crash shop", zone: "Europe/Brussels" },
  locations: [{ id: "loc_crash", name: "Gent", city: "Gent", country: "BE", zone: "Europe/Brussels" }],
  terminals: [
    {
      id: "ter_crash",
      tid: TERMINAL,
      locationId: "loc_crash",
      validFrom: "2020-01-01T00:00:00.000Z",
      validTo: null,
    },
  ],
  providerAccounts: [{ provider: "adyen", account: ACCOUNT }],
};

const SALES = 6;

/** What a terminal says of some sales, by number: of every other one, or of all, the acquirer's reference too. */
export function journal(number: number, { named = false } = {}): string {
  return terminalJournal(
    TERMINAL,
    salesOf(number).map(({ amount, psp, authCode }, index) => ({
      amount,
      account: ACCOUNT,
      authCode,
      maskedPan: "541333XXXXXX0001",
      stan: `${number}${index}`,
      ...((named || index % 2 === 0) && { pspReference: psp }),
    })),
  );
}

/** What the acquirer settles of the same sales, and pays out; with `altered`, the first one is of another amount. */
export function report(number: number, { altered = false } = {}): string {
  const lines = salesOf(number).map(({ amount, psp, authCode }, index) => ({
    psp,
    gross: altered && index === 0 ? amount + 500 : amount,
    fee: 10,
    authorisation: authCode,
  }));
  return adyenReport(ACCOUNT, lines, { batch: `${number + 1}` });
}

function salesOf(number: number) {
  return Array.from({ length: SALES }, (_, index) => ({
    amount: 1_000 + number * SALES + index,
    psp: `PSP${number}x${index}`,
    authCode: String(100_000 + number * SALES + index),
  }));
}
