import type { DocumentNode, SelectionSetNode } from "graphql";
import { Kind, parse } from "graphql";

/** The response names a fetch asks for, so that a failed fetch can be told at the fields it left without a value. */
export type AskedNames = {
  /** At the root of the operation. */
  readonly root: ReadonlySet<string>;
  /** Of an entity, by the response name of the `_entities` field. */
  entity(alias: string): ReadonlySet<string>;
};

export function readAskedNames(operation: string, renamed: ReadonlyMap<string, string>): AskedNames {
  const document = parse(operation, { noLocation: true });
  const node = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const root = new Set<string>();
  const entities = new Map<string, Set<string>>();
  const rename = (name: string) => renamed.get(name) ?? name;
  if (node) {
    eachField(node.selectionSet, document, (name, selectionSet) => {
      root.add(rename(name));
      const names = new Set<string>();
      if (selectionSet) eachField(selectionSet, document, (inner) => names.add(rename(inner)));
      entities.set(name, names);
    });
  }
  return { root, entity: (alias) => entities.get(alias) ?? new Set() };
}

function eachField(
  selectionSet: SelectionSetNode,
  document: DocumentNode,
  visit: (name: string, selectionSet: SelectionSetNode | undefined) => void,
): void {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) visit((selection.alias ?? selection.name).value, selection.selectionSet);
    else if (selection.kind === Kind.INLINE_FRAGMENT) eachField(selection.selectionSet, document, visit);
    else {
      const fragment = document.definitions.find(
        (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === selection.name.value,
      );
      if (fragment?.kind === Kind.FRAGMENT_DEFINITION) eachField(fragment.selectionSet, document, visit);
    }
  }
}
