import type { DocumentNode, GraphQLError } from "graphql";
import { visit } from "graphql";
import { engineError } from "./errors.ts";

/** One error for each directive in use that asks for an answer in parts, with a code that says more than a rule would. */
export function refusedDirectives(document: DocumentNode): readonly GraphQLError[] {
  const used = new Set<string>();
  visit(document, { Directive: (node) => void used.add(node.name.value) });
  const errors: GraphQLError[] = [];
  if (used.has("defer")) {
    errors.push(engineError("DEFER_NOT_SUPPORTED", "Answers in parts are not served: ask without @defer."));
  }
  if (used.has("stream")) {
    errors.push(engineError("STREAM_NOT_SUPPORTED", "Lists in parts are not served: ask without @stream."));
  }
  return errors;
}
