import type { GraphQLField, GraphQLNamedType, GraphQLSchema } from "graphql";
import { getNamedType, getNullableType, isCompositeType, isInterfaceType, isListType, isObjectType } from "graphql";

/** How long the list of a field may be. */
export type ListKind =
  /** Its `first` or `last` says it. */
  | "PAGED"
  /** Nothing says it. */
  | "UNPAGED"
  /** It is none, or one whose length a paged field around it has said. */
  | "NONE";

export type ListKinds = (parent: GraphQLNamedType, field: GraphQLField<unknown, unknown>) => ListKind;

/** Reads from a schema which fields are lists. `edges` of a connection is as long as the connection was asked to be. */
export function createListKinds(schema: GraphQLSchema): ListKinds {
  const connections = new Set<GraphQLNamedType>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (isPaged(field) && !isList(field)) connections.add(getNamedType(field.type));
    }
  }
  return (parent, field) => {
    if (isPaged(field)) return "PAGED";
    const hasRows = isList(field) && isCompositeType(getNamedType(field.type));
    return hasRows && !connections.has(parent) ? "UNPAGED" : "NONE";
  };
}

function isList({ type }: GraphQLField<unknown, unknown>): boolean {
  return isListType(getNullableType(type));
}

function isPaged({ args }: GraphQLField<unknown, unknown>): boolean {
  return args.some(({ name }) => name === "first" || name === "last");
}
