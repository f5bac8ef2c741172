import type { DocumentNode, SelectionNode } from "graphql";
import { Kind, visit } from "graphql";

/** Values of the variables that `@skip` and `@include` of an operation depend on. */
export type ConditionValues = Readonly<Record<string, boolean>>;

/** The names of the variables that any `@skip` or `@include` of a document depends on. */
export function conditionNames(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(node) {
      if (!isCondition(node.name.value)) return;
      for (const { value } of node.arguments ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

export function conditionValues(
  names: readonly string[],
  variables: Readonly<Record<string, unknown>>,
): ConditionValues {
  return Object.fromEntries(names.map((name) => [name, variables[name] === true]));
}

/** True when a `@skip` or `@include` leaves the node out. */
export function isSwitchedOff(node: SelectionNode, values: ConditionValues): boolean {
  for (const { name, arguments: given } of node.directives ?? []) {
    if (!isCondition(name.value)) continue;
    const value = given?.find((argument) => argument.name.value === "if")?.value;
    const holds =
      value?.kind === Kind.VARIABLE ? values[value.name.value] : value?.kind === Kind.BOOLEAN && value.value;
    if (holds === (name.value === "skip")) return true;
  }
  return false;
}

export function isCondition(directive: string): boolean {
  return directive === "skip" || directive === "include";
}
