import { useState } from "react";
import { DiscrepanciesDocument } from "../../generated/pages/reconciliation/discrepancies.ts";
import { useGraph } from "../../graph/use-graph.ts";
import type { DiscrepancyFull } from "./discrepancy.ts";

/**
 * The discrepancy that the page was opened with, where it is none of the first rows of the list. One that was among them
 * leaves with them once it is cleared.
 */
export function useLinked(open: string | undefined, rows: readonly DiscrepancyFull[] | undefined) {
  const [linked] = useState(open);
  const [isBeyond, setBeyond] = useState<boolean>();
  if (rows && isBeyond === undefined) setBeyond(linked !== undefined && !rows.some(({ id }) => id === linked));
  const filter = { ids: [linked ?? ""] };
  const { data, reload } = useGraph(DiscrepanciesDocument, { filter }, { pause: isBeyond !== true });
  const row = data?.discrepancies?.edges[0]?.node;
  return { row: isBeyond && !rows?.some(({ id }) => id === linked) ? row : undefined, reload };
}
