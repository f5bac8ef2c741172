import { formatSearch, oneOf, type SearchOf, text } from "../../app/search-params.ts";

export const KINDS = ["DAY", "SHIFT", "PERIOD"] as const;
export type Kind = (typeof KINDS)[number];

export const CLOSINGS_SEARCH = { kind: oneOf(KINDS), location: text, closing: text } as const;

export function linkToClosing(search: SearchOf<typeof CLOSINGS_SEARCH>, closing: string | undefined): string {
  return `/closings${formatSearch(CLOSINGS_SEARCH, { ...search, closing })}`;
}
