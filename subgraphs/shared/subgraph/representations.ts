import type { DocumentNode, FieldNode, OperationDefinitionNode, SelectionSetNode, ValueNode } from "graphql";
import { GraphQLError } from "graphql";

/** Most entities that one call may ask for; the gateway splits what is more. */
const MOST_REPRESENTATIONS = 200;

/** Refuses a call that asks for too many entities, before anything runs. All its `_entities` fields count together. */
export function tooManyRepresentations(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | undefined {
  const count = rootFields(document, operation.selectionSet)
    .filter(({ name }) => name.value === "_entities")
    .flatMap((field) => field.arguments ?? [])
    .filter(({ name }) => name.value === "representations")
    .reduce((sum, { value }) => sum + lengthOf(value, operation, variables), 0);
  if (count <= MOST_REPRESENTATIONS) return undefined;
  return new GraphQLError(`One call may ask for ${MOST_REPRESENTATIONS} entities, not ${count}: send several calls.`, {
    extensions: { code: "INVALID_INPUT" },
  });
}

/** A fragment that is spread again adds nothing: its fields have the same response names and run once. */
function rootFields(
  document: DocumentNode,
  { selections }: SelectionSetNode,
  seen: Set<string> = new Set(),
): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === "Field") return [selection];
    if (selection.kind === "InlineFragment") return rootFields(document, selection.selectionSet, seen);
    const spread = selection.name.value;
    if (seen.has(spread)) return [];
    seen.add(spread);
    const fragment = document.definitions.find(
      (definition) => definition.kind === "FragmentDefinition" && definition.name.value === spread,
    );
    return fragment?.kind === "FragmentDefinition" ? rootFields(document, fragment.selectionSet, seen) : [];
  });
}

function lengthOf(
  value: ValueNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): number {
  if (value.kind === "ListValue") return value.values.length;
  if (value.kind !== "Variable") return 1;
  const name = value.name.value;
  const given = variables[name];
  if (given !== undefined) return Array.isArray(given) ? given.length : 1;
  const declared = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  return declared?.kind === "ListValue" ? declared.values.length : 1;
}
