import { formatSearch, oneOf, type SearchOf, text } from "../../app/search-params.ts";

/** What a person looks for in the history, as the graph filters it. */
export const SHOWN = {
  attention: { needsAttention: true },
  waiting: { statuses: ["PREVIEWED"] },
  taken: { statuses: ["APPLIED", "PARTIALLY_APPLIED"] },
  refused: { statuses: ["REJECTED"] },
  aside: { statuses: ["DISCARDED"] },
} as const;
export type Shown = keyof typeof SHOWN;

export const SHOWS = Object.keys(SHOWN) as readonly Shown[];

export const FILES_SEARCH = { show: oneOf(SHOWS), provider: text, file: text };

export function linkToFile(search: SearchOf<typeof FILES_SEARCH>, file: string): string {
  return `/settlement-files${formatSearch(FILES_SEARCH, { ...search, file })}`;
}
