import type { ValidationRule } from "graphql";
import { GraphQLError } from "graphql";
import type { ErrorCode } from "../../subgraphs/shared/errors.ts";
import { ERRORS } from "../../subgraphs/shared/errors.ts";

/** Refuses `__schema` and `__type`, under whatever alias; `__typename` stays. */
export const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== "__schema" && node.name.value !== "__type") return;
    const code: ErrorCode = "INTROSPECTION_DISABLED";
    context.reportError(new GraphQLError(ERRORS[code].message, { nodes: node, extensions: { code } }));
  },
});
