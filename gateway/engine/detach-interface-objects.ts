import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLOutputType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionNode,
} from "graphql";
import { getNamedType, getNullableType, isCompositeType, isListType, Kind } from "graphql";
import type { InterfaceObject, InterfaceObjectFields } from "./interface-objects.ts";
import type { FlattenNodePathSegment } from "./planner.ts";

/** What is asked of objects of an interface that are known by their key only, and where they are. */
export type Detached = {
  readonly of: InterfaceObject;
  readonly path: readonly FlattenNodePathSegment[];
  readonly selections: readonly SelectionNode[];
};

/** The operation without what is asked of such objects beyond what the subgraph that gives them has, and that. */
export type DetachedOperation = { readonly operation: OperationDefinitionNode; readonly detached: readonly Detached[] };

type Place = { readonly type: GraphQLCompositeType; readonly path: readonly FlattenNodePathSegment[] };

/** Undefined where nothing has to be taken out. Fragments that it names are written out in it. */
export function detachInterfaceObjects(
  document: DocumentNode,
  schema: GraphQLSchema,
  fields: InterfaceObjectFields,
): DetachedOperation | undefined {
  if (fields.size === 0) return undefined;
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return undefined;
  const walker = new Walker(document, schema, fields);
  const selections = walker.walk(operation.selectionSet.selections, { type: root, path: [] });
  if (walker.detached.length === 0) return undefined;
  return {
    operation: { ...operation, selectionSet: { ...operation.selectionSet, selections } },
    detached: walker.detached,
  };
}

class Walker {
  readonly detached: Detached[] = [];
  private readonly fragments = new Map<string, FragmentDefinitionNode>();

  constructor(
    document: DocumentNode,
    private readonly schema: GraphQLSchema,
    private readonly fields: InterfaceObjectFields,
  ) {
    for (const node of document.definitions) {
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
    }
  }

  walk(selections: readonly SelectionNode[], place: Place): SelectionNode[] {
    return selections.map((selection) => {
      if (selection.kind === Kind.FIELD) return this.field(selection, place);
      const { condition, inner } = this.fragment(selection);
      const named = condition === undefined ? undefined : this.schema.getType(condition);
      const type = isCompositeType(named) ? named : place.type;
      const path = type === place.type ? place.path : [...place.path, { TypeCondition: [type.name] }];
      return inlined(selection, condition, this.walk(inner, { type, path }));
    });
  }

  private field(node: FieldNode, { type, path }: Place): FieldNode {
    const definition = "getFields" in type ? type.getFields()[node.name.value] : undefined;
    if (!node.selectionSet || !definition) return node;
    const inner = getNamedType(definition.type);
    if (!isCompositeType(inner)) return node;
    const { selections } = node.selectionSet;
    const place: Place = {
      type: inner,
      path: [...path, { Field: (node.alias ?? node.name).value }, ...listsOf(definition.type)],
    };
    const object = this.fields.get(`${type.name}.${node.name.value}`);
    const kept = object ? this.detach(selections, object, place) : this.walk(selections, place);
    return { ...node, selectionSet: { ...node.selectionSet, selections: kept } };
  }

  /** What the subgraph itself has of the object stays, with the key by which its home finds it; the rest goes. */
  private detach(selections: readonly SelectionNode[], of: InterfaceObject, place: Place): SelectionNode[] {
    const kept: FieldNode[] = [];
    const rest: SelectionNode[] = [];
    this.divide(selections, of, { kept, rest });
    if (rest.length === 0) return this.walk(selections, place);
    this.detached.push({ of, path: place.path, selections: rest });
    return [...of.keys.map(plainField), ...this.walk(kept, place)];
  }

  private divide(
    selections: readonly SelectionNode[],
    of: InterfaceObject,
    into: { readonly kept: FieldNode[]; readonly rest: SelectionNode[] },
  ): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        if (of.isOfObject(selection.name.value)) into.kept.push(selection);
        else into.rest.push(selection);
        continue;
      }
      const { condition, inner } = this.fragment(selection);
      if (condition === undefined || condition === of.name) this.divide(inner, of, into);
      else into.rest.push(inlined(selection, condition, this.written(inner)));
    }
  }

  /** With its fragments written out: what is detached leaves the document that defines them. */
  private written(selections: readonly SelectionNode[]): SelectionNode[] {
    return selections.map((selection) => {
      if (selection.kind !== Kind.FIELD) {
        const { condition, inner } = this.fragment(selection);
        return inlined(selection, condition, this.written(inner));
      }
      if (!selection.selectionSet) return selection;
      const inner = this.written(selection.selectionSet.selections);
      return { ...selection, selectionSet: { ...selection.selectionSet, selections: inner } };
    });
  }

  private fragment(node: Exclude<SelectionNode, FieldNode>) {
    const source = node.kind === Kind.INLINE_FRAGMENT ? node : this.fragments.get(node.name.value);
    return { condition: source?.typeCondition?.name.value, inner: source?.selectionSet.selections ?? [] };
  }
}

function inlined(
  { directives }: Exclude<SelectionNode, FieldNode>,
  condition: string | undefined,
  selections: readonly SelectionNode[],
): SelectionNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    ...(directives && { directives }),
    ...(condition !== undefined && {
      typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: condition } },
    }),
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
}

function plainField(name: string): FieldNode {
  return { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } };
}

/** One `@` for each list that the values are in. */
function listsOf(type: GraphQLOutputType): "@"[] {
  const nullable = getNullableType(type);
  return isListType(nullable) ? ["@", ...listsOf(nullable.ofType)] : [];
}
