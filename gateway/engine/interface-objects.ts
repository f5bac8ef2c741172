import type { ConstDirectiveNode, DocumentNode, FieldDefinitionNode, InterfaceTypeDefinitionNode } from "graphql";
import { Kind, OperationTypeNode, parse, print, type TypeNode, visit } from "graphql";

/** An interface that some subgraphs know as one object type and its home with its types. */
export type InterfaceObject = {
  readonly name: string;
  /** The fields by which its home finds one. */
  readonly keys: readonly string[];
  /** What is asked of an object, after it is known only by its key, is planned as if this root field of its home gave it. */
  readonly rootField: string;
  /** True for a field that every subgraph which gives the interface as an object has as well. */
  isOfObject(field: string): boolean;
};

/** The fields that give such an interface, by `Type.field`: where only subgraphs answer that do not know its types. */
export type InterfaceObjectFields = ReadonlyMap<string, InterfaceObject>;

type JoinedType = Extract<DocumentNode["definitions"][number], { readonly interfaces?: unknown }> & {
  readonly fields?: readonly FieldDefinitionNode[];
};

export function readInterfaceObjects(supergraph: DocumentNode): InterfaceObjectFields {
  const found = new Map<string, InterfaceObject>();
  const interfaces = new Map<
    string,
    Omit<InterfaceObject, "isOfObject"> & { readonly of: InterfaceTypeDefinitionNode }
  >();
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const home = homeOf(node);
    if (home) interfaces.set(node.name.value, { ...home, name: node.name.value, of: node });
  }
  for (const type of supergraph.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of type.fields ?? []) {
      const known = interfaces.get(namedType(field.type));
      if (!known) continue;
      const graphs = graphsOf(field, type);
      if (graphs.length === 0 || !graphs.every((graph) => isObjectIn(known.of, graph))) continue;
      const { of, ...rest } = known;
      const shared = new Set((of.fields ?? []).filter((own) => covers(graphsOf(own, of), graphs)).map(nameOf));
      found.set(`${type.name.value}.${field.name.value}`, { ...rest, isOfObject: (name) => shared.has(name) });
    }
  }
  return found;
}

/** The supergraph with a root field for each such interface, which clients do not see: the planner plans with it. */
export function withRootFields(supergraph: DocumentNode, fields: InterfaceObjectFields): string {
  const added = new Map([...fields.values()].map(({ name, rootField }) => [name, rootField]));
  const query = rootTypeOf(supergraph);
  return print(
    visit(supergraph, {
      ObjectTypeDefinition(node) {
        if (node.name.value !== query) return undefined;
        const more = [...added].map(([name, field]) => rootFieldOf(supergraph, name, field));
        return { ...node, fields: [...(node.fields ?? []), ...more] };
      },
    }),
  );
}

function rootFieldOf(supergraph: DocumentNode, name: string, field: string): FieldDefinitionNode {
  const node = supergraph.definitions.find(
    (candidate): candidate is InterfaceTypeDefinitionNode =>
      candidate.kind === Kind.INTERFACE_TYPE_DEFINITION && candidate.name.value === name,
  );
  const graph = node && homeOf(node)?.graph;
  const { definitions } = parse(`type Query { ${field}: ${name} @join__field(graph: ${graph}) }`, { noLocation: true });
  return (definitions[0] as unknown as { fields: FieldDefinitionNode[] }).fields[0] as FieldDefinitionNode;
}

/** The one subgraph that knows the types of an interface and finds them by the key that its object form has. */
function homeOf(node: InterfaceTypeDefinitionNode) {
  const joins = joinsOf(node, "join__type");
  const object = joins.find((join) => join["isInterfaceObject"] === true);
  const key = object?.["key"];
  if (typeof key !== "string" || !/^\w+( \w+)*$/.test(key)) return undefined;
  const isHome = (join: Join) =>
    join["isInterfaceObject"] !== true && join["resolvable"] !== false && join["key"] === key;
  const home = joins.find(isHome);
  if (!home) return undefined;
  return { graph: String(home["graph"]), keys: key.split(" "), rootField: `entity__${node.name.value}` };
}

function isObjectIn(node: InterfaceTypeDefinitionNode, graph: string): boolean {
  return joinsOf(node, "join__type").some((join) => join["graph"] === graph && join["isInterfaceObject"] === true);
}

/** The subgraphs that answer a field: those it names, or else all that have its type. */
function graphsOf(field: FieldDefinitionNode, type: Pick<JoinedType, "directives">): string[] {
  const own = joinsOf(field, "join__field").filter((join) => join["external"] !== true);
  const named = own.filter((join) => join["graph"] !== undefined);
  return (own.length > 0 ? named : joinsOf(type, "join__type")).map((join) => String(join["graph"]));
}

function covers(all: readonly string[], some: readonly string[]): boolean {
  return some.every((graph) => all.includes(graph));
}

type Join = Readonly<Record<string, unknown>>;

function joinsOf({ directives }: { readonly directives?: readonly ConstDirectiveNode[] }, name: string): Join[] {
  return (directives ?? [])
    .filter((directive) => directive.name.value === name)
    .map(({ arguments: given = [] }) =>
      Object.fromEntries(given.map(({ name, value }) => [name.value, "value" in value ? value.value : undefined])),
    );
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function nameOf({ name }: FieldDefinitionNode): string {
  return name.value;
}

function rootTypeOf(supergraph: DocumentNode): string {
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.SCHEMA_DEFINITION) continue;
    const root = node.operationTypes.find(({ operation }) => operation === OperationTypeNode.QUERY);
    if (root) return root.type.name.value;
  }
  return "Query";
}
