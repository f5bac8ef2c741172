import type { ConstDirectiveNode, DocumentNode, FieldDefinitionNode } from "graphql";
import { Kind, parse, print, visit } from "graphql";

type Subgraph = { readonly name: string; readonly typeDefs: DocumentNode };

/** By `Interface.field`: every subgraph that declares it, and whether it declares it `@external`. */
type Declarations = Map<string, { readonly subgraph: string; readonly isExternal: boolean }[]>;

/**
 * Marks the fields that interface objects only borrow (`@external`) as such in the supergraph. The composer leaves the
 * mark out on interfaces; a planner then takes the borrower for an owner, asks it for the value it was to be given,
 * and what the borrower computes from that value is wrong without any error.
 */
export function restoreExternal(supergraphSdl: string, subgraphs: readonly Subgraph[]): string {
  const borrowed = borrowedFields(subgraphs);
  if (borrowed.size === 0) return supergraphSdl;
  const document = parse(supergraphSdl);
  const graphs = graphNames(document);
  const restored = visit(document, {
    InterfaceTypeDefinition(type) {
      const fields = (type.fields ?? []).map((field) => {
        const declarations = borrowed.get(`${type.name.value}.${field.name.value}`);
        return declarations ? withJoins(field, declarations, graphs) : field;
      });
      return { ...type, fields };
    },
  });
  return print(restored);
}

function borrowedFields(subgraphs: readonly Subgraph[]): Declarations {
  const all: Declarations = new Map();
  const borrowed = new Set<string>();
  for (const { name: subgraph, typeDefs } of subgraphs) {
    for (const type of typeDefs.definitions) {
      if (!("fields" in type) || !type.name) continue;
      const isInterfaceObject = has(type.directives, "interfaceObject");
      for (const field of type.fields ?? []) {
        const key = `${type.name.value}.${field.name.value}`;
        const isExternal = has(field.directives, "external") && !isKey(field.name.value, type.directives);
        all.set(key, [...(all.get(key) ?? []), { subgraph, isExternal }]);
        if (isExternal && isInterfaceObject) borrowed.add(key);
      }
    }
  }
  return new Map([...all].filter(([key]) => borrowed.has(key)));
}

function withJoins(
  field: FieldDefinitionNode,
  declarations: readonly { readonly subgraph: string; readonly isExternal: boolean }[],
  graphs: ReadonlyMap<string, string>,
): FieldDefinitionNode {
  const others = (field.directives ?? []).filter(({ name }) => name.value !== "join__field");
  const present = (field.directives ?? []).filter(({ name }) => name.value === "join__field");
  const joins = declarations.flatMap(({ subgraph, isExternal }): ConstDirectiveNode[] => {
    const graph = graphs.get(subgraph);
    const own = present.find((join) => argumentOf(join, "graph") === graph);
    if (isExternal) return [joinField(`(graph: ${graph}, external: true)`)];
    return own || present.length === 0 ? [own ?? joinField(`(graph: ${graph})`)] : [];
  });
  return { ...field, directives: [...joins, ...others] };
}

function joinField(values: string): ConstDirectiveNode {
  const [type] = parse(`type T { f: Int @join__field${values} }`, { noLocation: true }).definitions;
  const field = type?.kind === Kind.OBJECT_TYPE_DEFINITION ? type.fields?.[0] : undefined;
  return field?.directives?.[0] as ConstDirectiveNode;
}

function graphNames(document: DocumentNode): Map<string, string> {
  const names = new Map<string, string>();
  for (const node of document.definitions) {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION || node.name.value !== "join__Graph") continue;
    for (const value of node.values ?? []) {
      const graph = value.directives?.find(({ name }) => name.value === "join__graph");
      const name = graph && argumentOf(graph, "name");
      if (name) names.set(name, value.name.value);
    }
  }
  return names;
}

function argumentOf(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value && "value" in value ? String(value.value) : undefined;
}

function has(directives: readonly ConstDirectiveNode[] | undefined, name: string): boolean {
  return directives?.some((directive) => directive.name.value.replace(/^federation__/, "") === name) === true;
}

/** Keys of old-style extensions are marked external as well, but everyone who has the entity has them. */
function isKey(field: string, directives: readonly ConstDirectiveNode[] | undefined): boolean {
  const keys = (directives ?? []).filter(({ name }) => name.value.replace(/^federation__/, "") === "key");
  return keys.some((key) =>
    argumentOf(key, "fields")
      ?.split(/[\s{}]+/)
      .includes(field),
  );
}
