import { useState } from "react";
import { DiscrepanciesDocument } from "../../generated/pages/reconciliation/discrepancies.ts";
import { useGraph } from "../../graph/use-graph.ts";
import type { DiscrepancyFull } from "./discrepancy.ts";

/** The discrepancy that the page was opened with, where it is none of the first rows of the list. */
export function useLinked(open: string | undefined, rows: readonly DiscrepancyFull[] | undefined) {
  const [linked] = useState(open);
  const isWanted = linked !== undefined && rows !== undefined && !rows.some(({ id }) => id === linked);
  const filter = { ids: [linked ?? ""] };
  const { data, reload } = useGraph(DiscrepanciesDocument, { filter }, { pause: !isWanted });
  return { row: isWanted ? data?.discrepancies?.edges[0]?.node : undefined, reload };
}
