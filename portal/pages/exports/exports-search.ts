import { formatSearch, oneOf } from "../../app/search-params.ts";
import { SEARCH, type Search } from "../transactions/transaction-search.ts";

/** The filter of a list of transactions stands beside, so that a list can be handed over. */
export const EXPORTS_SEARCH = { ...SEARCH, view: oneOf(["reports"]), order: oneOf(["new"]) } as const;

/** Where a list that is looked at can be ordered as a file. */
export function linkToExport(search: Search): string {
  return `/exports${formatSearch(EXPORTS_SEARCH, { ...search, open: undefined, columns: [], order: "new" })}`;
}
