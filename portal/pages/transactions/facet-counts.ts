import { type FacetField, TransactionFacetsDocument } from "../../generated/pages/transactions/transaction-facets.ts";
import type { TransactionFilter } from "../../generated/pages/transactions/transactions.ts";
import { useGraph } from "../../graph/use-graph.ts";
import type { Dimension } from "./dimensions.ts";

/** How many rows a choice would find, by dimension and value; undefined until the graph has said. */
export type FacetCounts = (key: Dimension["key"], value: string) => bigint | undefined;

const FIELDS: Readonly<Record<Dimension["key"], FacetField>> = {
  status: "STATUS",
  location: "LOCATION",
  method: "PAYMENT_METHOD",
  provider: "PROVIDER",
  family: "FAMILY",
  type: "TYPE",
  payment: "PAYMENT_TYPE",
  matching: "RECONCILIATION_STATE",
  settled: "SETTLEMENT_STATE",
  refund: "REFUND_STATE",
  origin: "STATUS_ORIGIN",
};

export function useFacetCounts(filter: TransactionFilter): FacetCounts {
  const { data } = useGraph(TransactionFacetsDocument, { filter });
  const facets = data?.transactions?.facets;
  return (key, value) => {
    const facet = facets?.find(({ field }) => field === FIELDS[key]);
    // Of a facet that is here, a value that is not in it finds nothing.
    return facet && BigInt(facet.values.find((each) => each.value === value)?.count ?? 0);
  };
}
