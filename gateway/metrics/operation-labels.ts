import { getOperationAST } from "graphql";
import { maskCards } from "../../subgraphs/shared/card-detector.ts";
import type { ExecuteRequest } from "../engine/operations.ts";

/** With two outcomes and fourteen series for each, all that a gateway tells stays below five thousand series. */
const MOST_NAMES = 150;

/** Names operations that ran: those of the first 150 names by name, any other is "other". */
export function createOperationLabels(): (request: ExecuteRequest) => string {
  const known = new Set<string>();
  return ({ operationName, document }) => {
    const given = operationName || (document && getOperationAST(document)?.name?.value) || "anonymous";
    if (known.has(given)) return given;
    const name = maskCards(given).text;
    if (known.size < MOST_NAMES) known.add(name);
    return known.has(name) ? name : "other";
  };
}
