import type { DocumentNode, FieldNode, GraphQLSchema, OperationDefinitionNode, SelectionNode } from "graphql";
import { Kind, OperationTypeNode, parse, print, visit } from "graphql";
import type { Detached } from "./detach-interface-objects.ts";
import { detachInterfaceObjects } from "./detach-interface-objects.ts";
import type { InterfaceObject, InterfaceObjectFields } from "./interface-objects.ts";
import type { FetchNode, FetchRewrite, FlattenNodePathSegment, PlanNode, Planner, QueryPlan } from "./planner.ts";

type PlannedGraph = {
  readonly schema: GraphQLSchema;
  readonly interfaceObjects: InterfaceObjectFields;
  readonly planner: Planner;
};

type Path = readonly FlattenNodePathSegment[];

/**
 * Plans what the planner cannot, or only in twice the steps: a subgraph gives objects of an interface whose types it does
 * not know, and fields are asked of them that others have. The operation is planned without those; they are planned as a
 * query of their own that begins at the interface's home; and that plan is hung where the objects are.
 */
export async function planWithGrafts(document: DocumentNode, graph: PlannedGraph): Promise<QueryPlan> {
  const { schema, interfaceObjects, planner } = graph;
  const whole = detachInterfaceObjects(document, schema, interfaceObjects);
  if (!whole) return planner.plan(requestOf(document));
  const { operation, detached } = whole;
  const plan = await planner.plan(requestOf(documentOf(operation)));
  const grafts: PlanNode[] = [];
  for (const part of detached) {
    const asked = documentOf(queryFor(part, operation));
    grafts.push(graft(await planWithGrafts(asked, graph), part));
  }
  const nodes = plan.node?.kind === "Sequence" ? plan.node.nodes : plan.node ? [plan.node] : [];
  const [only] = grafts;
  const last: PlanNode = grafts.length === 1 && only ? only : { kind: "Parallel", nodes: grafts };
  return { kind: "QueryPlan", node: { kind: "Sequence", nodes: [...nodes, last] } };
}

function requestOf(document: DocumentNode) {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  return { query: print(document), operationName: operation?.name?.value };
}

function documentOf(operation: OperationDefinitionNode): DocumentNode {
  return { kind: Kind.DOCUMENT, definitions: [withUsedVariables(operation)] };
}

function withUsedVariables(operation: OperationDefinitionNode): OperationDefinitionNode {
  const used = new Set<string>();
  visit(operation.selectionSet, { Variable: ({ name }) => void used.add(name.value) });
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value));
  return { ...operation, variableDefinitions: variableDefinitions ?? [] };
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } };

function queryFor({ of, selections }: Detached, from: OperationDefinitionNode): OperationDefinitionNode {
  const field: FieldNode = {
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: of.rootField },
    selectionSet: { kind: Kind.SELECTION_SET, selections: [TYPENAME, ...selections] },
  };
  return {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    ...(from.name && { name: from.name }),
    variableDefinitions: from.variableDefinitions ?? [],
    selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
  };
}

/** The plan of such a query, with its root fetch made a fetch of entities, and all of it moved to where these are. */
function graft(plan: QueryPlan, { of, path }: Detached): PlanNode {
  const [first, ...rest] = plan.node?.kind === "Sequence" ? plan.node.nodes : [plan.node];
  if (first?.kind !== "Fetch") throw new Error(`a plan for ${of.rootField} begins with ${first?.kind}`);
  const moved = rest.filter((node) => node != null).map((node) => moveTo(node, path));
  return { kind: "Sequence", nodes: [{ kind: "Flatten", path: [...path], node: entityFetch(first, of) }, ...moved] };
}

function entityFetch(root: FetchNode, of: InterfaceObject): FetchNode {
  const keys = of.keys.map((name) => ({ kind: "Field" as const, name }));
  const { outputRewrites, ...fetch } = root;
  const rewrites = outputRewrites?.map(fromEntity);
  return {
    ...fetch,
    operation: entityOperation(root.operation, of),
    requires: [{ kind: "InlineFragment", typeCondition: of.name, selections: keys }],
    inputRewrites: [
      { ValueSetter: { path: [{ TypenameEquals: [of.name] }, { Key: "__typename" }], setValueTo: of.name } },
    ],
    ...(rewrites && { outputRewrites: rewrites }),
    assumedType: of.name,
  };
}

/** `{entity__X{a b}}` becomes `query($representations:[_Any!]!){_entities(representations:$representations){...on X{a b}}}`. */
function entityOperation(text: string, of: InterfaceObject): string {
  const document = parse(text, { noLocation: true });
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const field = operation?.selectionSet.selections.find((node) => node.kind === Kind.FIELD);
  const query = parse(
    `query($representations:[_Any!]!){_entities(representations:$representations){...on ${of.name}{__typename}}}`,
    { noLocation: true },
  ).definitions[0] as OperationDefinitionNode;
  const inner: readonly SelectionNode[] = field?.selectionSet?.selections ?? [];
  const asked = visit(query, {
    // On leaving: what is put in has fragments of its own.
    InlineFragment: { leave: (node) => ({ ...node, selectionSet: { ...node.selectionSet, selections: inner } }) },
  });
  const own = operation?.variableDefinitions ?? [];
  const whole = {
    ...asked,
    ...(operation?.name && { name: operation.name }),
    variableDefinitions: [...(asked.variableDefinitions ?? []), ...own],
  };
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  return print({ kind: Kind.DOCUMENT, definitions: [whole, ...fragments] });
}

/** Rewrites of the answer to a root field begin at that field; those of an entity begin at the entity. */
function fromEntity(rewrite: FetchRewrite): FetchRewrite {
  if ("KeyRenamer" in rewrite) {
    const { path, ...rename } = rewrite.KeyRenamer;
    return { KeyRenamer: { ...rename, path: path.slice(1) } };
  }
  if ("ValueSetter" in rewrite) {
    const { path, ...setter } = rewrite.ValueSetter;
    return { ValueSetter: { ...setter, path: path.slice(1) } };
  }
  return { ...rewrite, path: rewrite.path.slice(1) };
}

/** Puts `to` in place of the root field that all paths of the plan begin with. */
function moveTo(node: PlanNode, to: Path): PlanNode {
  const moved = (path: Path) => [...to, ...path.slice(1)];
  switch (node.kind) {
    case "Sequence":
    case "Parallel":
      return { ...node, nodes: node.nodes.map((inner) => moveTo(inner, to)) };
    case "Flatten":
      return { ...node, path: moved(node.path) };
    case "BatchFetch": {
      const aliases = node.entityBatch.aliases.map((alias) => ({ ...alias, paths: alias.paths.map(moved) }));
      return { ...node, entityBatch: { ...node.entityBatch, aliases } };
    }
    case "Condition":
      return {
        ...node,
        ...(node.ifClause && { ifClause: moveTo(node.ifClause, to) }),
        ...(node.elseClause && { elseClause: moveTo(node.elseClause, to) }),
      };
    default:
      throw new Error(`a ${node.kind} inside a plan is not known`);
  }
}
