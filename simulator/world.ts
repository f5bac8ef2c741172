import { addDays } from "./calendar.ts";

const CURRENCY = "EUR";

/** Who trades, where and under which accounts. Everything here is invented. */
export type World = ReturnType<typeof worldOf>;

/** The merchant of the samples, or the `number`th of those beside it: of the same kind, with ids of its own. */
export function worldOf(number = 0) {
  const own = (text: string) => (number === 0 ? text : `${text}${number}`);
  return {
    merchant: { key: own("korenaar"), name: number === 0 ? NAME : `${NAME} ${number}`, country: "BE" },
    /** Six, in the order of their homes. */
    terminals: HOMES.map((_, index) => String(FIRST_TERMINAL + number * 10 + index)),
    accounts: {
      "ccv-pay": { provider: "ccv-pay", family: "CCV_PAY", account: own("l_korenaar") },
      edenred: { provider: "edenred", family: "E_VOUCHER", account: String(FIRST_AFFILIATE + number) },
      adyen: { provider: "adyen", family: "ACQUIRER", account: own("KorenaarPOS") },
      bank: { provider: "bank", account: ibanOf(FIRST_BANK_ACCOUNT + number) },
    },
  } as const;
}

const NAME = "Bakkerij De Korenaar";
const FIRST_TERMINAL = 90_120_001;
const FIRST_AFFILIATE = 7_012_345;

/** Bank code 539, and an account at it. */
const FIRST_BANK_ACCOUNT = 5_390_075_470;

/** The Belgian IBAN of a bank account of ten digits, with both of its checks. */
function ibanOf(account: number): string {
  const check = account % 97 || 97;
  const bban = `${account}${String(check).padStart(2, "0")}`;
  // B and E as numbers, and two places for the check.
  const iban = 98n - (BigInt(`${bban}111400`) % 97n);
  return `BE${String(iban).padStart(2, "0")}${bban}`;
}

export const LOCATIONS = [
  { key: "gent", name: "De Korenaar Gent", city: "Gent", country: "BE", zone: "Europe/Brussels" },
  { key: "antwerpen", name: "De Korenaar Antwerpen", city: "Antwerpen", country: "BE", zone: "Europe/Brussels" },
  { key: "breda", name: "De Korenaar Breda", city: "Breda", country: "NL", zone: "Europe/Amsterdam" },
] as const;

type LocationKey = (typeof LOCATIONS)[number]["key"];

const HOMES: readonly LocationKey[] = ["gent", "gent", "antwerpen", "antwerpen", "breda", "breda"];

/** The terminal that changes shops after the first week: its transactions belong to where it stood. */
const MOVED = 3;

export type Stay = {
  readonly terminal: string;
  readonly location: LocationKey;
  readonly from: string;
  readonly to: string | null;
};

/** Where each terminal stood and when; days are inclusive, `to: null` is still there. */
export function staysOf({ terminals }: World, from: string): readonly Stay[] {
  const opening = addDays(from, -365);
  return terminals.flatMap((terminal, index): Stay[] => {
    const location = HOMES[index]!;
    if (index !== MOVED) return [{ terminal, location, from: opening, to: null }];
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
export function accountsDocument(world: World, from: string) {
  return {
    merchant: { ...world.merchant, currency: CURRENCY },
    locations: LOCATIONS,
    terminals: staysOf(world, from),
    accounts: Object.values(world.accounts).map((account) => ({ ...account, currency: CURRENCY })),
  };
}
