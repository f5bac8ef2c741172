import type {
  DirectiveNode,
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  SelectionSetNode,
  ValueNode,
} from "graphql";
import { Kind } from "graphql";

/** What a document comes to: the largest of its operations, and what is written in it. */
export type DocumentSize = {
  /** With every fragment put in its place; may be Infinity. */
  readonly depth: number;
  readonly selections: number;
  readonly aliases: number;
  readonly rootFields: number;
  /** As written. */
  readonly directives: number;
  readonly fragments: number;
  readonly repeats: number;
  readonly conditionVariables: number;
  /** True when a fragment spreads itself, by whatever detour. */
  readonly isCyclic: boolean;
  /** How many selections were looked at: the work this took. */
  readonly visited: number;
};

/**
 * Measures a document in time linear in its size: each fragment is measured once, however often it is spread. Never
 * throws, whatever the document; one that is nested deeper than anyone writes is not followed to its end.
 */
export function measureDocument(document: DocumentNode): DocumentSize {
  const measure = new Measure(document);
  const largest = { depth: 0, selections: 0, aliases: 0, rootFields: 0 };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    measure.directives(definition.directives);
    for (const variable of definition.variableDefinitions ?? []) measure.directives(variable.directives);
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      // One that is not spread counts for what is written in it only, and so does the first of two of one name.
      measure.written(definition);
      continue;
    }
    const { fields, ...size } = measure.set(definition.selectionSet, 1);
    largest.depth = Math.max(largest.depth, size.depth);
    largest.selections = Math.max(largest.selections, size.selections);
    largest.aliases = Math.max(largest.aliases, size.aliases);
    largest.rootFields = Math.max(largest.rootFields, fields);
  }
  const { conditions, ...counts } = measure.counts;
  return { ...largest, ...counts, conditionVariables: conditions.size };
}

/** What a selection set comes to with every fragment put in its place. */
type Size = {
  readonly depth: number;
  readonly selections: number;
  readonly aliases: number;
  /** Of the set itself, not inside its fields. */
  readonly fields: number;
};

const NOTHING: Size = { depth: 0, selections: 0, aliases: 0, fields: 0 };

/** Selection sets inside one another that are followed: beyond it, a call stack could end. */
const DEEPEST = 250;

class Measure {
  readonly counts = {
    fragments: 0,
    conditions: new Set<string>(),
    directives: 0,
    repeats: 0,
    isCyclic: false,
    visited: 0,
  };
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  /** By fragment; undefined while it is being measured. */
  private readonly known = new Map<string, Size | undefined>();

  constructor(document: DocumentNode) {
    for (const node of document.definitions) {
      if (node.kind !== Kind.FRAGMENT_DEFINITION) continue;
      this.counts.fragments++;
      this.fragments.set(node.name.value, node);
    }
  }

  /** `names` holds the response names of the set so far; an inline fragment adds to those of the set it stands in. */
  set({ selections }: SelectionSetNode, level: number, names = new Set<string>()): Size {
    if (level > DEEPEST) return { ...NOTHING, depth: Number.POSITIVE_INFINITY };
    const total = { depth: 0, selections: 0, aliases: 0, fields: 0 };
    for (const selection of selections) {
      this.counts.visited++;
      this.directives(selection.directives);
      const isField = selection.kind === Kind.FIELD;
      const below = isField
        ? this.field(selection, level, names)
        : selection.kind === Kind.INLINE_FRAGMENT
          ? this.set(selection.selectionSet, level + 1, names)
          : this.fragment(selection.name.value, level + 1);
      total.depth = Math.max(total.depth, below.depth);
      total.selections += below.selections + 1;
      total.aliases += below.aliases;
      total.fields += isField ? 1 : below.fields;
    }
    return total;
  }

  fragment(name: string, level: number): Size {
    const fragment = this.fragments.get(name);
    if (!fragment) return NOTHING;
    if (this.known.has(name)) {
      const size = this.known.get(name);
      if (!size) this.counts.isCyclic = true;
      return size ?? NOTHING;
    }
    this.known.set(name, undefined);
    const size = this.set(fragment.selectionSet, level);
    this.known.set(name, size);
    return size;
  }

  written(fragment: FragmentDefinitionNode): void {
    const name = fragment.name.value;
    if (this.fragments.get(name) === fragment) this.fragment(name, 1);
    else this.set(fragment.selectionSet, 1);
  }

  directives(directives: readonly DirectiveNode[] | undefined): void {
    for (const { name, arguments: given } of directives ?? []) {
      this.counts.directives++;
      if (name.value !== "skip" && name.value !== "include") continue;
      for (const { value } of given ?? []) this.condition(value);
    }
  }

  private condition(value: ValueNode): void {
    if (value.kind === Kind.VARIABLE) this.counts.conditions.add(value.name.value);
  }

  private field(field: FieldNode, level: number, names: Set<string>): Size {
    const name = (field.alias ?? field.name).value;
    if (names.has(name)) this.counts.repeats++;
    names.add(name);
    const below = field.selectionSet ? this.set(field.selectionSet, level + 1) : NOTHING;
    return {
      depth: isIntrospection(field.name.value) ? 1 : below.depth + 1,
      selections: below.selections,
      aliases: below.aliases + (field.alias ? 1 : 0),
      fields: 1,
    };
  }
}

/** Tools ask for the schema far deeper than anyone asks for data; it is either off or a developer's own machine. */
function isIntrospection(field: string): boolean {
  return field === "__schema" || field === "__type";
}
