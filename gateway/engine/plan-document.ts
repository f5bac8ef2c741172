import type { DocumentNode, FieldNode, OperationDefinitionNode, SelectionNode } from "graphql";
import { Kind, visit } from "graphql";
import type { ConditionValues } from "./conditions.ts";
import { isCondition, isSwitchedOff } from "./conditions.ts";
import { engineError, OperationRefused } from "./errors.ts";
import { plannedAlias, plannedVariable } from "./planned-names.ts";

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } };

/**
 * The operation as the planner can take it, or undefined if nothing is left to plan: without introspection, which no
 * subgraph answers, with every `@skip` and `@include` decided (the planner fails on some combinations of them, and
 * asks for what is then not needed), and with no variable or alias of a name that means something to the planner.
 */
export function planDocument(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: ConditionValues,
  keyNames: ReadonlySet<string>,
): DocumentNode | undefined {
  const selections = operation.selectionSet.selections.filter((node) => !isRootTypename(node));
  const root = { ...operation, selectionSet: { ...operation.selectionSet, selections } };
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const planned = visit({ ...document, definitions: [root, ...fragments] } satisfies DocumentNode, {
    Field: {
      enter: (node) =>
        isIntrospection(node) || isSwitchedOff(node, conditions) ? null : withPlannedAlias(node, keyNames),
      leave: withOwnField,
    },
    FragmentSpread: (node) => (isSwitchedOff(node, conditions) ? null : undefined),
    InlineFragment: {
      enter: (node) => (isSwitchedOff(node, conditions) ? null : undefined),
      leave: (node) => (node.selectionSet.selections.length === 0 ? null : undefined),
    },
    FragmentDefinition: { leave: withOwnField },
    Directive: (node) => (isCondition(node.name.value) ? null : undefined),
    Variable(node) {
      const name = plannedVariable(node.name.value);
      return name === node.name.value ? undefined : { ...node, name: { ...node.name, value: name } };
    },
  });
  const plannedRoot = planned.definitions[0] as OperationDefinitionNode;
  return plannedRoot.selectionSet.selections.length === 0 ? undefined : planned;
}

export function isIntrospection(node: SelectionNode): boolean {
  return node.kind === Kind.FIELD && (node.name.value === "__schema" || node.name.value === "__type");
}

/** The executor needs the type's name under its own name; the projection gives it the client's alias. */
function withPlannedAlias(node: FieldNode, keyNames: ReadonlySet<string>): FieldNode | undefined {
  const isTypename = node.name.value === "__typename";
  if (node.alias?.value === "__typename" && !isTypename) {
    throw new OperationRefused([engineError("BAD_USER_INPUT", "No field can have the alias __typename: use another.")]);
  }
  if (!node.alias) return undefined;
  const { alias, ...plain } = node;
  if (isTypename) return plain;
  const value = plannedAlias(alias.value, node.name.value, keyNames);
  return value === alias.value ? undefined : { ...node, alias: { ...alias, value } };
}

/** The name of a root type is known without asking. */
function isRootTypename(node: SelectionNode): boolean {
  return node.kind === Kind.FIELD && node.name.value === "__typename";
}

/**
 * An object of which nothing is left to ask is there or not all the same: ask for its type's name. So it is where only
 * fragments are left, since the planner drops a field whose fragments can none of them apply.
 */
function withOwnField<T extends Pick<FieldNode, "selectionSet">>(node: T): T | undefined {
  const { selectionSet } = node;
  if (!selectionSet || selectionSet.selections.some(({ kind }) => kind === Kind.FIELD)) return undefined;
  return { ...node, selectionSet: { ...selectionSet, selections: [...selectionSet.selections, TYPENAME] } };
}
