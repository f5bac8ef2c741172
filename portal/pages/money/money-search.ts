import { formatSearch, oneOf, type SearchOf, text } from "../../app/search-params.ts";

export const PAYOUT_STATUSES = ["SCHEDULED", "IN_TRANSIT", "PAID", "RETURNED"] as const;

export const MONEY_SEARCH = {
  view: oneOf(["batches"]),
  provider: text,
  status: oneOf(PAYOUT_STATUSES),
  /** The payout that is shown, by its reference and its id: two providers may use one reference. */
  reference: text,
  payout: text,
  bar: text,
};

export function linkToPayout(
  search: SearchOf<typeof MONEY_SEARCH>,
  { id, reference }: { readonly id: string; readonly reference: string },
): string {
  return `/money${formatSearch(MONEY_SEARCH, { ...search, payout: id, reference, bar: undefined })}`;
}
