import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from "graphql";
import { getNamedType, isAbstractType, isCompositeType, isObjectType, Kind, TypeNameMetaFieldDef } from "graphql";
import type { ConditionValues } from "./conditions.ts";
import { isSwitchedOff } from "./conditions.ts";
import { readerOf } from "./json.ts";
import { plannedAlias } from "./planned-names.ts";
import type { FieldShape, ObjectShape } from "./shape.ts";
import { shapeOf } from "./shape.ts";

type Source = {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditions: ConditionValues;
  readonly keyNames: ReadonlySet<string>;
};

/** Resolves an operation's selections under given conditions; for each type when it turns up. */
export function compileSelection(
  operation: OperationDefinitionNode,
  rootType: GraphQLCompositeType,
  source: Source,
): ObjectShape {
  return objectShape(rootType, [operation.selectionSet], source);
}

function objectShape(
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
  source: Source,
): ObjectShape {
  const byType = new Map<GraphQLCompositeType, readonly FieldShape[]>();
  const fieldsOfType = (actual: GraphQLCompositeType) => {
    let fields = byType.get(actual);
    if (!fields) {
      fields = fieldShapes(actual, selectionSets, source);
      byType.set(actual, fields);
    }
    return fields;
  };
  if (isObjectType(type)) {
    // A static object type is what it is, whatever name a subgraph gives (an interface object has another one there).
    const fields = fieldsOfType(type);
    return { fieldsOf: () => fields, nameOf: () => type.name };
  }
  const named = new Map<unknown, readonly FieldShape[]>();
  return {
    fieldsOf(typename) {
      const known = named.get(typename);
      if (known) return known;
      const actual = actualType(type, typename, source.schema);
      if (!actual) return undefined;
      const fields = fieldsOfType(actual);
      named.set(typename, fields);
      return fields;
    },
    nameOf(typename) {
      const actual = actualType(type, typename, source.schema);
      return actual && isObjectType(actual) ? actual.name : undefined;
    },
  };
}

/**
 * The planner leaves `__typename` out where only fields of the interface are asked, and an interface object goes by
 * the interface's name: in both cases the static type serves.
 */
function actualType(
  type: GraphQLCompositeType,
  typename: unknown,
  schema: GraphQLSchema,
): GraphQLCompositeType | undefined {
  if (typename === undefined || typename === type.name) return type;
  const actual = typeof typename === "string" ? schema.getType(typename) : undefined;
  if (!actual || !isAbstractType(type)) return undefined;
  if (isObjectType(actual)) return schema.isSubType(type, actual) ? actual : undefined;
  return isAbstractType(actual) ? type : undefined;
}

function fieldShapes(
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
  source: Source,
): readonly FieldShape[] {
  const nodes = new Map<string, FieldNode[]>();
  for (const selectionSet of selectionSets) collect(selectionSet, type, source, nodes, new Set());
  return [...nodes].flatMap(([name, group]) => fieldShape(name, group, type, source) ?? []);
}

function fieldShape(
  name: string,
  nodes: FieldNode[],
  type: GraphQLCompositeType,
  source: Source,
): FieldShape | undefined {
  const fieldName = (nodes[0] as FieldNode).name.value;
  const key = plannedAlias(name, fieldName, source.keyNames);
  const read = readerOf(key);
  const label = `${type.name}.${fieldName}`;
  if (fieldName === "__typename") {
    const shape = shapeOf(TypeNameMetaFieldDef.type, label, unreachable);
    return { name, key: "__typename", read, kind: "typename", shape };
  }
  const isRoot = type === source.schema.getQueryType();
  if (isRoot && (fieldName === "__schema" || fieldName === "__type")) {
    const shape = shapeOf(getNamedType(TypeNameMetaFieldDef.type), label, unreachable);
    return { name, key, read, kind: "introspection", shape };
  }
  const definition = "getFields" in type ? type.getFields()[fieldName] : undefined;
  if (!definition) return undefined;
  const shape = shapeOf(definition.type, label, () => {
    const inner = getNamedType(definition.type);
    if (!isCompositeType(inner)) throw new Error(`${label} is not an object`);
    return objectShape(
      inner,
      nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
      source,
    );
  });
  return { name, key, read, kind: "value", shape };
}

function collect(
  selectionSet: SelectionSetNode,
  type: GraphQLCompositeType,
  source: Source,
  nodes: Map<string, FieldNode[]>,
  visited: Set<string>,
): void {
  for (const selection of selectionSet.selections) {
    if (isSwitchedOff(selection, source.conditions)) continue;
    if (selection.kind === Kind.FIELD) {
      const name = (selection.alias ?? selection.name).value;
      const group = nodes.get(name);
      if (group) group.push(selection);
      else nodes.set(name, [selection]);
      continue;
    }
    let inner: { typeCondition?: { name: { value: string } } | undefined; selectionSet: SelectionSetNode } | undefined;
    if (selection.kind === Kind.INLINE_FRAGMENT) inner = selection;
    else if (!visited.has(selection.name.value)) {
      visited.add(selection.name.value);
      inner = source.fragments.get(selection.name.value);
    }
    if (inner && applies(inner.typeCondition?.name.value, type, source.schema)) {
      collect(inner.selectionSet, type, source, nodes, visited);
    }
  }
}

function applies(condition: string | undefined, type: GraphQLCompositeType, schema: GraphQLSchema): boolean {
  if (condition === undefined || condition === type.name) return true;
  const conditionType = schema.getType(condition);
  return (
    isAbstractType(conditionType) &&
    (isObjectType(type) || "getInterfaces" in type) &&
    schema.isSubType(conditionType, type)
  );
}

function unreachable(): never {
  throw new Error("a leaf has no selection");
}
