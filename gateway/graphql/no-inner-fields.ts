import { BREAK, type DocumentNode, GraphQLError, visit } from "graphql";

const INNER_FIELDS: ReadonlySet<string> = new Set(["_entities", "_service"]);

/**
 * Refuses what only a gateway may ask of a subgraph, before validation: its words would tell which types there are to
 * whoever lists them as representations.
 */
export function refuseInnerFields(document: DocumentNode): readonly GraphQLError[] {
  let isAsked = false;
  visit(document, {
    Field({ name }) {
      isAsked ||= INNER_FIELDS.has(name.value);
      return isAsked ? BREAK : undefined;
    },
  });
  return isAsked ? [new GraphQLError("The graph has no such field: ask for objects by the fields of Query.")] : [];
}
