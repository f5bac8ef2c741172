import { type FacetField, TransactionFacetsDocument } from "../../generated/pages/transactions/transaction-facets.ts";
import type { TransactionFilter } from "../../generated/pages/transactions/transactions.ts";
import { useGraph } from "../../graph/use-graph.ts";
import type { Dimension, Option } from "./dimensions.ts";

export type FacetCounts = {
  /** How many rows a choice would find; undefined until the graph has said. */
  readonly countOf: (dimension: Dimension, value: string) => bigint | undefined;
  /** What there is to choose: of a dimension without a list of its own also what is there. */
  readonly optionsOf: (dimension: Dimension) => readonly Option[];
};

const FIELDS: Readonly<Record<Dimension["key"], FacetField>> = {
  status: "STATUS",
  location: "LOCATION",
  terminal: "TERMINAL",
  application: "APPLICATION",
  method: "PAYMENT_METHOD",
  brand: "BRAND",
  provider: "PROVIDER",
  family: "FAMILY",
  issuer: "ISSUER",
  purse: "PURSE",
  type: "TYPE",
  payment: "PAYMENT_TYPE",
  entry: "ENTRY_MODE",
  matching: "RECONCILIATION_STATE",
  settled: "SETTLEMENT_STATE",
  refund: "REFUND_STATE",
  dispute: "DISPUTE_STATE",
  origin: "STATUS_ORIGIN",
};

export function useFacetCounts(filter: TransactionFilter, asOf: string | null): FacetCounts {
  const { data } = useGraph(TransactionFacetsDocument, { filter, asOf });
  const facetOf = ({ key }: Dimension) => data?.transactions?.facets.find(({ field }) => field === FIELDS[key]);
  return {
    countOf: (dimension, value) => {
      const facet = facetOf(dimension);
      // Of a facet that is here, a value that is not in it finds nothing.
      return facet && BigInt(facet.values.find((each) => each.value === value)?.count ?? 0);
    },
    optionsOf: (dimension) => {
      const { options, nameOf } = dimension;
      if (!nameOf) return options;
      const counted = facetOf(dimension)?.values ?? [];
      const others = counted.flatMap(({ value, terminal }) =>
        value === null || options.some((option) => option.value === value)
          ? []
          : [{ value, label: terminal?.tid ?? nameOf(value) }],
      );
      return [...options, ...others];
    },
  };
}
