import type { DocumentNode, EnumTypeDefinitionNode, EnumValueDefinitionNode } from "graphql";
import { Kind, visit } from "graphql";

/** What the executor needs to know of the supergraph beyond the public schema. */
export type Supergraph = {
  /** Routing URL by subgraph name. */
  readonly routingUrls: ReadonlyMap<string, string>;
  /** True when `typename` is `condition`, implements it or is a member of it; inaccessible types count too. */
  matches(condition: string, typename: string): boolean;
  isObjectType(name: string): boolean;
  /** True for the names of object and interface types. */
  isCompositeType(name: string): boolean;
  /** The names of all fields by which one subgraph finds what another gave, or computes from it. */
  readonly keyNames: ReadonlySet<string>;
};

export function readSupergraph(document: DocumentNode): Supergraph {
  const possible = new Map<string, Set<string>>();
  const objects = new Set<string>();
  const composites = new Set<string>();
  const add = (abstract: string, member: string) => {
    const members = possible.get(abstract);
    if (members) members.add(member);
    else possible.set(abstract, new Set([member]));
  };
  let routingUrls = new Map<string, string>();
  for (const node of document.definitions) {
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      composites.add(node.name.value);
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION) objects.add(node.name.value);
      for (const parent of node.interfaces ?? []) add(parent.name.value, node.name.value);
    } else if (node.kind === Kind.UNION_TYPE_DEFINITION) {
      for (const member of node.types ?? []) add(node.name.value, member.name.value);
    } else if (node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === "join__Graph") {
      routingUrls = routingUrlsOf(node);
    }
  }
  return {
    routingUrls,
    matches: (condition, typename) => condition === typename || possible.get(condition)?.has(typename) === true,
    isObjectType: (name) => objects.has(name),
    isCompositeType: (name) => composites.has(name),
    keyNames: keyNamesOf(document),
  };
}

function keyNamesOf(document: DocumentNode): Set<string> {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      if (name.value !== "join__type" && name.value !== "join__field") return;
      for (const { value } of given) {
        if (value.kind === Kind.STRING) for (const word of value.value.match(/\w+/g) ?? []) names.add(word);
      }
    },
  });
  return names;
}

function routingUrlsOf(joinGraph: EnumTypeDefinitionNode): Map<string, string> {
  const urls = new Map<string, string>();
  for (const value of joinGraph.values ?? []) {
    const name = joinGraphArgument(value, "name");
    if (name !== undefined) urls.set(name, joinGraphArgument(value, "url") ?? "");
  }
  return urls;
}

function joinGraphArgument(value: EnumValueDefinitionNode, name: string): string | undefined {
  const directive = value.directives?.find((candidate) => candidate.name.value === "join__graph");
  const argument = directive?.arguments?.find((candidate) => candidate.name.value === name);
  return argument?.value.kind === Kind.STRING ? argument.value.value : undefined;
}
