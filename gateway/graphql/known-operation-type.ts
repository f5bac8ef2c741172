import type { ValidationRule } from "graphql";
import { GraphQLError } from "graphql";

/** Refuses an operation of a type that the graph has no root for, which the specified rules let through. */
export const knownOperationType: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    context.reportError(new GraphQLError(`The graph has no ${node.operation}s.`, { nodes: node }));
  },
});
