import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { Kind, visit } from "graphql";
import type { ObjectShape } from "./selection.ts";
import { compileSelection } from "./selection.ts";

/** The selection of an operation under the variables of one request. */
export type SelectionByVariables = (variables: Readonly<Record<string, unknown>>) => ObjectShape;

/** More variants than any real operation uses; beyond them a selection is made for the one request. */
const MOST_VARIANTS = 64;

/** One selection for each combination of values that `@skip` and `@include` variables were seen with. */
export function specialise(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): SelectionByVariables {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const names = conditionVariables(document);
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) throw new Error(`the schema has no type for a ${operation.operation}`);
  const variants = new Map<string, ObjectShape>();
  return (variables) => {
    const key = names.map((name) => (variables[name] === true ? "1" : "0")).join("");
    const known = variants.get(key);
    if (known) return known;
    const selection = compileSelection(operation, rootType, { schema, fragments, variables });
    if (variants.size < MOST_VARIANTS) variants.set(key, selection);
    return selection;
  };
}

function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(node) {
      if (node.name.value !== "skip" && node.name.value !== "include") return;
      for (const { value } of node.arguments ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
