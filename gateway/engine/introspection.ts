import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, SelectionSetNode } from "graphql";
import { executeSync, Kind } from "graphql";
import type { JsonObject } from "./json.ts";
import { isIntrospection } from "./plan-document.ts";

/** Answers the introspection part of an operation from the schema itself, for given variables. */
export type Introspect = (variables: Readonly<Record<string, unknown>>) => JsonObject | undefined;

/** The introspection of an operation, or undefined if it asks for none. */
export function compileIntrospection(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Introspect | undefined {
  const selectionSet = introspectionOnly(operation.selectionSet, document, new Set());
  if (selectionSet.selections.length === 0) return undefined;
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const own: DocumentNode = { ...document, definitions: [{ ...operation, selectionSet }, ...fragments] };
  return (variables) => {
    const { data } = executeSync({ schema, document: own, variableValues: variables });
    return data ?? undefined;
  };
}

/** Root selections without anything but `__schema` and `__type`; fragments are put in place, to be filtered too. */
function introspectionOnly(
  selectionSet: SelectionSetNode,
  document: DocumentNode,
  visited: ReadonlySet<string>,
): SelectionSetNode {
  const selections = selectionSet.selections.flatMap((selection): SelectionSetNode["selections"] => {
    if (selection.kind === Kind.FIELD) return isIntrospection(selection) ? [selection] : [];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inner = introspectionOnly(selection.selectionSet, document, visited);
      return inner.selections.length === 0 ? [] : [{ ...selection, selectionSet: inner }];
    }
    const name = selection.name.value;
    const fragment = document.definitions.find(
      (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name,
    );
    if (fragment?.kind !== Kind.FRAGMENT_DEFINITION || visited.has(name)) return [];
    const inner = introspectionOnly(fragment.selectionSet, document, new Set([...visited, name]));
    if (inner.selections.length === 0) return [];
    const { typeCondition } = fragment;
    const directives = selection.directives ?? [];
    return [{ kind: Kind.INLINE_FRAGMENT, typeCondition, directives, selectionSet: inner }];
  });
  return { ...selectionSet, selections };
}
