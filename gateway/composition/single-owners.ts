import type { ConstDirectiveNode, FieldDefinitionNode, ObjectTypeDefinitionNode } from "graphql";
import { Kind, OperationTypeNode, parse } from "graphql";
import { AppError } from "../../subgraphs/shared/errors.ts";

const FEDERATION_FIELDS = new Set(["_entities", "_service"]);

/**
 * Forbids a root field that several subgraphs resolve. Such a field composes silently, and a planner may ask two of
 * its subgraphs and merge their lists by position: rows made of two providers' money.
 * @throws AppError COMPOSITION_FAILED that names every such field and its subgraphs.
 */
export function assertSingleOwners(supergraphSdl: string): void {
  const document = parse(supergraphSdl, { noLocation: true });
  const roots = new Set<string>();
  for (const node of document.definitions) {
    if (node.kind === Kind.SCHEMA_DEFINITION) for (const { type } of node.operationTypes) roots.add(type.name.value);
  }
  if (roots.size === 0) for (const kind of Object.values(OperationTypeNode)) roots.add(defaultName(kind));
  const shared: string[] = [];
  for (const node of document.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION || !roots.has(node.name.value)) continue;
    for (const field of node.fields ?? []) {
      const owners = FEDERATION_FIELDS.has(field.name.value) ? [] : ownersOf(field, node);
      if (owners.length > 1) shared.push(`${node.name.value}.${field.name.value} (${owners.join(", ")})`);
    }
  }
  if (shared.length === 0) return;
  throw new AppError(
    "COMPOSITION_FAILED",
    `Each root field must be resolved by one subgraph only; leave it in one of those named: ${shared.join("; ")}`,
  );
}

/** The graphs that resolve a root field: those its `@join__field` names, or all of the type's when it has none. */
function ownersOf(field: FieldDefinitionNode, type: ObjectTypeDefinitionNode): string[] {
  const joins = (field.directives ?? []).filter(({ name }) => name.value === "join__field");
  if (joins.length === 0) {
    const all = (type.directives ?? []).filter(({ name }) => name.value === "join__type");
    return all.flatMap((join) => argumentOf(join, "graph") ?? []);
  }
  const resolving = joins.filter((join) => !isTrue(join, "external") && !isTrue(join, "usedOverridden"));
  return resolving.flatMap((join) => argumentOf(join, "graph") ?? []);
}

function argumentOf(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.ENUM ? value.value : undefined;
}

function isTrue(directive: ConstDirectiveNode, name: string): boolean {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.BOOLEAN && value.value;
}

function defaultName(kind: OperationTypeNode): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}
