import { addDays } from "./calendar.ts";

const CURRENCY = "EUR";

/** Everything here is invented. */
export const MERCHANT = { key: "korenaar", name: "Bakkerij De Korenaar", country: "BE" } as const;

export const LOCATIONS = [
  { key: "gent", name: "De Korenaar Gent", city: "Gent", country: "BE", zone: "Europe/Brussels" },
  { key: "antwerpen", name: "De Korenaar Antwerpen", city: "Antwerpen", country: "BE", zone: "Europe/Brussels" },
  { key: "breda", name: "De Korenaar Breda", city: "Breda", country: "NL", zone: "Europe/Amsterdam" },
] as const;

type LocationKey = (typeof LOCATIONS)[number]["key"];

export const TERMINALS = ["90120001", "90120002", "90120003", "90120004", "90120005", "90120006"] as const;
const HOMES: readonly LocationKey[] = ["gent", "gent", "antwerpen", "antwerpen", "breda", "breda"];

/** The terminal that changes shops after the first week: its transactions belong to where it stood. */
const MOVED = TERMINALS[3];

export const ACCOUNTS = {
  "ccv-pay": { provider: "ccv-pay", family: "CCV_PAY", account: "l_korenaar" },
  edenred: { provider: "edenred", family: "E_VOUCHER", account: "7012345" },
  adyen: { provider: "adyen", family: "ACQUIRER", account: "KorenaarPOS" },
} as const;

export type Stay = {
  readonly terminal: string;
  readonly location: LocationKey;
  readonly from: string;
  readonly to: string | null;
};

/** Where each terminal stood and when; days are inclusive, `to: null` is still there. */
export function staysOf(from: string): readonly Stay[] {
  const opening = addDays(from, -365);
  return TERMINALS.flatMap((terminal, index): Stay[] => {
    const location = HOMES[index]!;
    if (terminal !== MOVED) return [{ terminal, location, from: opening, to: null }];
    return [
      { terminal, location, from: opening, to: addDays(from, 6) },
      { terminal, location: "breda", from: addDays(from, 7), to: null },
    ];
  });
}

export function locationOf(stays: readonly Stay[], terminal: string, date: string): (typeof LOCATIONS)[number] {
  const stay = stays.find((each) => each.terminal === terminal && each.from <= date && (each.to ?? date) >= date);
  return LOCATIONS.find(({ key }) => key === stay?.location) ?? LOCATIONS[0];
}

/** What a loader needs to set the merchant up before the files are fed. */
export function accountsDocument(from: string) {
  return {
    merchant: { ...MERCHANT, currency: CURRENCY },
    locations: LOCATIONS,
    terminals: staysOf(from),
    accounts: Object.values(ACCOUNTS).map((account) => ({ ...account, currency: CURRENCY })),
  };
}
