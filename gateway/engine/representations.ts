import type { Fault } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import { isObject, readerOf, writeOwn } from "./json.ts";
import { clientName } from "./planned-names.ts";
import type { FetchRewrite, RequiresSelection } from "./planner.ts";
import { compileRewrites, typenameRewrite } from "./rewrites.ts";
import type { Run } from "./run.ts";
import type { Supergraph } from "./supergraph.ts";

/**
 * Writes what a subgraph needs in order to find an entity. `text` is the JSON of it, by which identical entities are
 * known, undefined where the entity has no key to be found by; `object` is the same as data.
 */
export type RepresentationWriter = {
  text(entity: JsonObject, run: Run): string | Blocked | undefined;
  /** Only for an entity that has a text. */
  object(entity: JsonObject, run: Run): JsonObject;
};

type Condition = { readonly variable: string; readonly value: boolean };

type RequiredField = {
  readonly key: string;
  /** The name the subgraph knows it by: the planner may have fetched it under an alias of its own. */
  readonly name: string;
  /** `,"name":` */
  readonly head: string;
  readonly read: (object: JsonObject) => unknown;
  readonly selections: readonly RequiresSelection[] | undefined;
  readonly conditions: readonly Condition[];
};

/** A value the subgraph needs is not there because of a fault. */
export class Blocked {
  constructor(readonly fault: Fault) {}
}

type Required = {
  readonly requires: readonly RequiresSelection[];
  readonly inputRewrites?: readonly FetchRewrite[];
  readonly assumedType?: string;
};

export function compileRepresentations(
  { requires, inputRewrites, assumedType }: Required,
  supergraph: Supergraph,
): RepresentationWriter {
  const rename = typenameRewrite(inputRewrites, supergraph);
  const rewrite = rename ? undefined : compileRewrites(inputRewrites, supergraph);
  const fieldsOf = fieldsByType(requires, supergraph);

  function build(entity: JsonObject, run: Run): JsonObject | Blocked | undefined {
    const typename = entity["__typename"] ?? assumedType;
    if (typeof typename !== "string") return undefined;
    const representation: JsonObject = { __typename: rename ? rename(typename) : typename };
    const state = fill(representation, entity, fieldsOf(typename), run, fieldsOf);
    if (state !== "filled") return state === "empty" ? undefined : state;
    rewrite?.(representation, typename);
    return representation;
  }

  /** The usual case, keys that are scalars, goes straight to text; the rest is built as an object first. */
  function text(entity: JsonObject, run: Run): string | Blocked | undefined {
    const typename = entity["__typename"] ?? assumedType;
    if (typeof typename !== "string") return undefined;
    const fields = fieldsOf(typename);
    if (rewrite || !fields.isFlat) return stringify(build(entity, run));
    let json = `{"__typename":"${rename ? rename(typename) : typename}"`;
    let hasValue = false;
    for (const field of fields.list) {
      const value = usable(field, entity, run);
      if (value instanceof Blocked) return value;
      if (value === undefined) continue;
      hasValue ||= value !== null;
      json += field.head + JSON.stringify(value);
    }
    return hasValue ? `${json}}` : undefined;
  }

  return { text, object: (entity, run) => build(entity, run) as JsonObject };
}

type FieldList = { readonly list: readonly RequiredField[]; readonly isFlat: boolean };
type FieldsOf = (typename: string | undefined, selections?: readonly RequiresSelection[]) => FieldList;

const NO_FIELDS: FieldList = { list: [], isFlat: true };

function stringify(built: JsonObject | Blocked | undefined): string | Blocked | undefined {
  return built === undefined || built instanceof Blocked ? built : JSON.stringify(built);
}

/** Resolves the selections for a type once, then remembers them. */
function fieldsByType(requires: readonly RequiresSelection[], supergraph: Supergraph): FieldsOf {
  const memo = new Map<readonly RequiresSelection[], Map<string | undefined, FieldList>>();
  return (typename, selections = requires) => {
    let byType = memo.get(selections);
    if (!byType) {
      byType = new Map();
      memo.set(selections, byType);
    }
    let fields = byType.get(typename);
    if (!fields) {
      // A name that no schema knows is not remembered: a broken subgraph could send any number of them.
      if (typename !== undefined && !supergraph.isCompositeType(typename)) return NO_FIELDS;
      const required = requiredFields(selections, typename, supergraph, []);
      // The type's name is written first, from the entity.
      if (selections === requires) required.delete("__typename");
      const list = [...required.values()];
      fields = { list, isFlat: list.every((field) => !field.selections && field.conditions.length === 0) };
      byType.set(typename, fields);
    }
    return fields;
  };
}

function requiredFields(
  selections: readonly RequiresSelection[],
  typename: string | undefined,
  supergraph: Supergraph,
  conditions: readonly Condition[],
  into = new Map<string, RequiredField>(),
): Map<string, RequiredField> {
  for (const selection of selections) {
    if (selection.kind === "FragmentSpread") throw new Error(`a required fragment ${selection.value} is not supported`);
    if (selection.kind === "InlineFragment") {
      const applies = typename === undefined || supergraph.matches(selection.typeCondition, typename);
      const inner = [...conditions, ...conditionsOf(selection)];
      if (applies) requiredFields(selection.selections, typename, supergraph, inner, into);
      continue;
    }
    const { name: key, alias: name = key, selections: own } = selection;
    const present = into.get(name);
    const merged = present?.selections && own ? [...present.selections, ...own] : own;
    const isAlways = present !== undefined && present.conditions.length === 0;
    into.set(name, {
      key,
      name,
      head: `,${JSON.stringify(name)}:`,
      read: readerOf(key),
      selections: merged,
      conditions: isAlways ? [] : conditions,
    });
  }
  return into;
}

function conditionsOf(fragment: { skipIf?: string; includeIf?: string }): Condition[] {
  const conditions: Condition[] = [];
  if (fragment.skipIf) conditions.push({ variable: clientName(fragment.skipIf), value: false });
  if (fragment.includeIf) conditions.push({ variable: clientName(fragment.includeIf), value: true });
  return conditions;
}

/**
 * The value to send, undefined for one to leave out. A value that is missing or null because of a fault blocks the
 * whole representation: a resolver would compute a wrong answer from it.
 */
function usable(field: RequiredField, object: JsonObject, run: Run): unknown {
  const value = field.read(object);
  if (run.notes === undefined || (value !== undefined && value !== null)) return value;
  for (const note of run.notes.get(object) ?? []) {
    const inside = note.inside?.find(({ path }) => path[0] === field.key);
    if (inside) return new Blocked(inside.fault);
    if (value === undefined && note.missing && note.asked.has(field.key)) return new Blocked(note.missing);
  }
  return value;
}

function fill(
  target: JsonObject,
  source: JsonObject,
  fields: FieldList,
  run: Run,
  fieldsOf: FieldsOf,
): "filled" | "empty" | Blocked {
  let state: "filled" | "empty" = "empty";
  for (const field of fields.list) {
    if (!field.conditions.every(({ variable, value }) => run.variables[variable] === value)) continue;
    const value = usable(field, source, run);
    if (value instanceof Blocked) return value;
    if (value === undefined) continue;
    const projected = field.selections ? project(value, field.selections, run, fieldsOf) : value;
    if (projected instanceof Blocked) return projected;
    if (value !== null) state = "filled";
    writeOwn(target, field.name, projected);
  }
  return state;
}

function project(value: unknown, selections: readonly RequiresSelection[], run: Run, fieldsOf: FieldsOf): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      const projected = project(item, selections, run, fieldsOf);
      if (projected instanceof Blocked) return projected;
      items.push(projected);
    }
    return items;
  }
  if (!isObject(value)) return value;
  const typename = value["__typename"];
  const target: JsonObject = {};
  const fields = fieldsOf(typeof typename === "string" ? typename : undefined, selections);
  const state = fill(target, value, fields, run, fieldsOf);
  return state instanceof Blocked ? state : target;
}
