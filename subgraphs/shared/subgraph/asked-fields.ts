import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";

/**
 * The fields that an operation asks for along a path below the field being resolved, by their own names; whatever
 * directives say, since they can only take away.
 */
export function askedFields(info: GraphQLResolveInfo, path: readonly string[] = []): ReadonlySet<string> {
  let sets = info.fieldNodes.map(({ selectionSet }) => selectionSet);
  for (const name of path) {
    sets = sets.flatMap((set) =>
      fieldsOf(set, info)
        .filter((field) => field.name.value === name)
        .map(({ selectionSet }) => selectionSet),
    );
  }
  return new Set(sets.flatMap((set) => fieldsOf(set, info)).map(({ name }) => name.value));
}

function fieldsOf(set: SelectionSetNode | undefined, info: GraphQLResolveInfo): readonly FieldNode[] {
  return (set?.selections ?? []).flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, info);
    return fieldsOf(info.fragments[selection.name.value]?.selectionSet, info);
  });
}
