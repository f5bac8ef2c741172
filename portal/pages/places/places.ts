import type { PlacesQuery } from "../../generated/pages/places/places.ts";

export type Merchant = NonNullable<PlacesQuery["merchants"]>["edges"][number]["node"];
export type Place = NonNullable<Merchant["locations"]>[number];
/** A terminal at one place for a time. */
export type Stay = NonNullable<Place["terminals"]>[number] & { readonly place: Place; readonly merchant: Merchant };
/** A terminal with all its places, the latest first. */
export type Terminal = { readonly tid: string; readonly merchant: Merchant; readonly stays: readonly Stay[] };

/** Every terminal of these merchants, by the name that providers write. */
export function terminalsOf(merchants: readonly Merchant[]): readonly Terminal[] {
  return merchants
    .flatMap((merchant) => {
      const stays = (merchant.locations ?? []).flatMap((place) =>
        (place.terminals ?? []).map((each) => ({ ...each, place, merchant })),
      );
      return [...new Set(stays.map(({ tid }) => tid ?? ""))].map((tid) => ({
        tid,
        merchant,
        stays: stays
          .filter((stay) => stay.tid === tid)
          .sort((a, b) => (b.validFrom ?? "").localeCompare(a.validFrom ?? "")),
      }));
    })
    .sort((a, b) => a.tid.localeCompare(b.tid));
}

/** Where a terminal is now; undefined while it is in use nowhere. */
export function currentStay({ stays }: Terminal, now = new Date().toISOString()): Stay | undefined {
  return stays.find(({ validFrom, validTo }) => (validFrom ?? "") <= now && (validTo === null || validTo > now));
}

/** Whether all words are in what is known of a thing. */
export function finds(wanted: string, known: readonly (string | null | undefined)[]): boolean {
  const all = known.join(" ").toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
