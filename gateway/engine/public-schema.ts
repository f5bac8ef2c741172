import { transformSupergraphToPublicSchema } from "@theguild/federation-composition";
import type { DocumentNode, GraphQLSchema } from "graphql";
import { buildASTSchema, Kind, visit } from "graphql";

/** The schema clients see: the supergraph without its join machinery and without what is `@inaccessible`. */
export function buildPublicSchema(supergraph: DocumentNode): GraphQLSchema {
  return buildASTSchema(withoutHiddenMembers(transformSupergraphToPublicSchema(supergraph)));
}

/** The transformation drops an inaccessible type but leaves its name in the unions it was a member of. */
function withoutHiddenMembers(document: DocumentNode): DocumentNode {
  const defined = new Set(document.definitions.map((node) => ("name" in node ? node.name?.value : undefined)));
  return visit(document, {
    UnionTypeDefinition(node) {
      const types = (node.types ?? []).filter((member) => defined.has(member.name.value));
      if (types.length === (node.types?.length ?? 0)) return undefined;
      return types.length === 0 ? null : { ...node, kind: Kind.UNION_TYPE_DEFINITION, types };
    },
  });
}
