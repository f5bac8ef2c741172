import type { DocumentNode, FieldNode, OperationDefinitionNode, SelectionNode } from "graphql";
import { Kind, visit } from "graphql";
import type { ConditionValues } from "./conditions.ts";
import { isCondition, isSwitchedOff } from "./conditions.ts";
import { engineError, OperationRefused } from "./errors.ts";

/** Variable names the planner gives itself; a client's variable of that name would be defined twice in a subgraph query. */
const RESERVED = /^(representations$|__batch_reps_|client__)/;
const CLIENT_PREFIX = "client__";

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } };

/** The client's own name of a variable in a plan. */
export function originalVariable(name: string): string {
  return name.startsWith(CLIENT_PREFIX) ? name.slice(CLIENT_PREFIX.length) : name;
}

/**
 * The operation as the planner can take it, or undefined if nothing is left to plan: without introspection, which no
 * subgraph answers, with every `@skip` and `@include` decided (the planner fails on some combinations of them, and
 * asks for what is then not needed), and with no variable of a reserved name.
 */
export function planDocument(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: ConditionValues,
): DocumentNode | undefined {
  const selections = operation.selectionSet.selections.filter((node) => !isRootTypename(node));
  const root = { ...operation, selectionSet: { ...operation.selectionSet, selections } };
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const planned = visit({ ...document, definitions: [root, ...fragments] } satisfies DocumentNode, {
    Field: {
      enter: (node) => (isIntrospection(node) || isSwitchedOff(node, conditions) ? null : withPlainTypename(node)),
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
      if (!RESERVED.test(node.name.value)) return undefined;
      return { ...node, name: { ...node.name, value: CLIENT_PREFIX + node.name.value } };
    },
  });
  const plannedRoot = planned.definitions[0] as OperationDefinitionNode;
  return plannedRoot.selectionSet.selections.length === 0 ? undefined : planned;
}

export function isIntrospection(node: SelectionNode): boolean {
  return node.kind === Kind.FIELD && (node.name.value === "__schema" || node.name.value === "__type");
}

/** The executor needs the type's name under its own name; the projection gives it the client's alias. */
function withPlainTypename(node: FieldNode): FieldNode | undefined {
  const isTypename = node.name.value === "__typename";
  if (node.alias?.value === "__typename" && !isTypename) {
    throw new OperationRefused([engineError("BAD_USER_INPUT", "No field can have the alias __typename: use another.")]);
  }
  if (!isTypename || !node.alias) return undefined;
  const { alias: _, ...plain } = node;
  return plain;
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
