import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from "graphql";
import { GraphQLError, Kind } from "graphql";
import type { ErrorCode } from "../subgraphs/shared/errors.ts";

/** Most tokens of a document: the parser stops there, so that a long one costs no more than this. */
export const MAX_TOKENS = 2_000;

const MAX_DEPTH = 10;
const MAX_SELECTIONS = 1_000;

/**
 * Refuses a document that unfolds into more than we serve, before it is validated and planned: both can take time that
 * doubles with every fragment. Each fragment is measured once, so this takes time linear in the size of the document.
 */
export function checkLimits(document: DocumentNode): readonly GraphQLError[] {
  const measure = createMeasure(document);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, selections } = measure(definition.selectionSet);
    if (depth > MAX_DEPTH) return [tooLarge(`The operation is ${depth} levels deep, ${MAX_DEPTH} are allowed.`)];
    if (selections > MAX_SELECTIONS) {
      return [tooLarge(`The operation selects more than ${MAX_SELECTIONS} fields, fragments unfolded.`)];
    }
  }
  return [];
}

/** What a selection set comes to with every fragment put in its place; `selections` may be Infinity. */
type Size = { readonly depth: number; readonly selections: number };

const NOTHING: Size = { depth: 0, selections: 0 };

function createMeasure(document: DocumentNode): (selectionSet: SelectionSetNode) => Size {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const known = new Map<string, Size>();

  function measure(selectionSet: SelectionSetNode): Size {
    let depth = 0;
    let selections = 0;
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        const inner = selection.selectionSet && !isIntrospection(selection.name.value);
        const below = inner ? measure(selection.selectionSet) : NOTHING;
        depth = Math.max(depth, below.depth + 1);
        selections += below.selections + 1;
      } else {
        const below =
          selection.kind === Kind.INLINE_FRAGMENT ? measure(selection.selectionSet) : spread(selection.name.value);
        depth = Math.max(depth, below.depth);
        selections += below.selections;
      }
    }
    return { depth, selections };
  }

  function spread(name: string): Size {
    const size = known.get(name);
    if (size) return size;
    const fragment = fragments.get(name);
    if (!fragment) return NOTHING;
    // A fragment that spreads itself is the validator's to refuse; here it must only come to an end.
    known.set(name, NOTHING);
    const measured = measure(fragment.selectionSet);
    known.set(name, measured);
    return measured;
  }

  return measure;
}

/** Tools ask for the schema far deeper than anyone asks for data; it is either off or a developer's own machine. */
function isIntrospection(field: string): boolean {
  return field === "__schema" || field === "__type";
}

function tooLarge(fact: string): GraphQLError {
  const code: ErrorCode = "OPERATION_TOO_LARGE";
  return new GraphQLError(`${fact} Ask for less in one request.`, { extensions: { code } });
}
