import type { ExecutionResult, GraphQLError } from "graphql";
import type { ErrorPath, Fault } from "./errors.ts";
import { faultError } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import { isObject } from "./json.ts";
import { clientName } from "./planned-names.ts";
import type { Note, Run } from "./run.ts";
import type { FieldShape, ObjectShape, Shape } from "./shape.ts";
import { trimPath } from "./trim-path.ts";

/** An object of the answer while it is filled: it inherits no names, so that any alias can be assigned. */
const Answer = function Answer() {} as unknown as new () => JsonObject;
Answer.prototype = Object.create(null);

type ProjectOptions = {
  readonly introspection?: JsonObject | undefined;
  /** See RunContext. */
  readonly isForText?: boolean | undefined;
};

/** Makes the client's answer of the data a run has gathered: its fields only, in its order, with nulls propagated. */
export function project(root: ObjectShape, run: Run, options: ProjectOptions): ExecutionResult {
  const projection = new Projection(run, options);
  const data = projection.object(root, run.data, 0);
  projection.tellTheRest();
  return projection.reports.length === 0 ? { data } : { errors: errorsOf(projection.reports, data), data };
}

/** A fault at a field nobody asked for is told at its parent, unless it is told where it shows as well. */
function errorsOf(reports: readonly Report[], data: JsonObject | null): GraphQLError[] {
  const trimmed = reports.map(({ fault, path }) => ({ fault, path, shown: path && trimPath(path, data) }));
  const plain = new Set(trimmed.flatMap(({ fault, path, shown }) => (path && path === shown ? fault : [])));
  const kept = trimmed.filter(({ fault, path, shown }) => path === shown || !plain.has(fault));
  return kept.map(({ fault, shown }) => faultError(fault, shown));
}

type Report = { readonly fault: Fault; readonly path: ErrorPath | undefined };

class Projection {
  readonly reports: Report[] = [];
  private readonly told = new Set<Fault>();
  private readonly path: (string | number)[] = [];
  /** Every place at or above an error, made when the first null has to be explained. */
  private explained: Set<string> | undefined;

  constructor(
    private readonly run: Run,
    private readonly options: ProjectOptions,
  ) {
    for (const { fault, path } of run.reports) this.report(fault, path && clientPath(path));
  }

  object(shape: ObjectShape, source: JsonObject, depth: number): JsonObject | null {
    const fields = shape.fieldsOf(source["__typename"]);
    if (!fields) return this.refuse("an object of a type that cannot be here", depth);
    const notes = this.run.notes?.get(source);
    if (notes) this.tellInside(notes, depth);
    const { isForText } = this.options;
    // What a subgraph gave is the engine's to change, and what stays as it is need not be written again.
    const answer = isForText && hasJust(fields, source) ? source : new Answer();
    for (const field of fields) {
      this.path[depth] = field.name;
      const value = field.kind === "value" ? field.read(source) : this.ownValue(field, shape, source);
      if (value === undefined && notes) this.tellMissing(notes, field, depth + 1);
      const projected = field.kind === "introspection" ? value : this.value(field.shape, value, depth + 1);
      if (projected === undefined) return null;
      if (answer !== source || projected !== value) answer[field.name] = projected;
    }
    if (isForText) return answer;
    // Only now: an object whose prototype is null from the start is slow to fill and slow to serialize.
    return Object.setPrototypeOf(answer, null);
  }

  /** Faults that no visible field has told: they belong to objects that are not in the answer. */
  tellTheRest(): void {
    for (const notes of this.run.notes?.values() ?? []) {
      for (const { missing, inside = [] } of notes) {
        for (const fault of [missing, ...inside.map((error) => error.fault)]) {
          if (fault && !this.told.has(fault)) this.report(fault, undefined);
        }
      }
    }
  }

  /** The projected value; undefined says that what holds it has to be null. */
  private value(shape: Shape, value: unknown, depth: number): unknown {
    const projected = value === undefined || value === null ? null : this.nullable(shape, value, depth);
    if (projected !== null || !shape.isNonNull) return projected;
    this.explainNull(shape, depth);
    return undefined;
  }

  private nullable(shape: Shape, value: unknown, depth: number): unknown {
    if (shape.kind === "leaf") return shape.accepts(value) ? value : this.refuse("a value of another type", depth);
    if (shape.kind === "object") {
      return isObject(value)
        ? this.object(shape.object, value, depth)
        : this.refuse("a value that is no object", depth);
    }
    if (!Array.isArray(value)) return this.refuse("a value that is no list", depth);
    const items: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      this.path[depth] = index;
      const item = this.value(shape.of, value[index], depth + 1);
      if (item === undefined) return null;
      items.push(item);
    }
    return items;
  }

  private ownValue(field: FieldShape, shape: ObjectShape, source: JsonObject): unknown {
    if (field.kind === "typename") return shape.nameOf(source["__typename"]);
    return this.options.introspection?.[field.name] ?? null;
  }

  private tellInside(notes: readonly Note[], depth: number): void {
    for (const { inside = [], isTold } of notes) {
      if (isTold) continue;
      for (const { fault, path } of inside) this.report(fault, [...this.path.slice(0, depth), ...clientPath(path)]);
    }
  }

  private tellMissing(notes: readonly Note[], field: FieldShape, depth: number): void {
    const note = notes.find(({ asked }) => asked.has(field.key));
    if (!note) return;
    const path = this.path.slice(0, depth);
    if (note.missing) this.report(note.missing, path);
    else this.places().add(placeOf(path, depth));
  }

  private refuse(what: string, depth: number): null {
    this.report({ message: `A subgraph gave ${what}.`, code: "SUBGRAPH_ERROR" }, this.path.slice(0, depth));
    return null;
  }

  /** A null where none may be is an error of its own, unless an error at or below the place has told why. */
  private explainNull(shape: Shape, depth: number): void {
    const path = this.path.slice(0, depth);
    if (this.places().has(placeOf(path, depth))) return;
    const message = `Cannot return null for non-nullable field ${shape.label}.`;
    this.report({ message, code: "SUBGRAPH_ERROR" }, path);
  }

  private report(fault: Fault, path: ErrorPath | undefined): void {
    this.told.add(fault);
    this.reports.push({ fault, path });
    if (this.explained && path) addPlaces(this.explained, path);
  }

  private places(): Set<string> {
    if (!this.explained) {
      this.explained = new Set();
      for (const { path } of this.reports) if (path) addPlaces(this.explained, path);
    }
    return this.explained;
  }
}

function clientPath(path: ErrorPath): ErrorPath {
  return path.map((key) => (typeof key === "string" ? clientName(key) : key));
}

/** True for an object that has these fields and no others, in this order. */
function hasJust(fields: readonly FieldShape[], source: JsonObject): boolean {
  let at = 0;
  for (const key in source) {
    if (fields[at]?.name !== key) return false;
    at++;
  }
  return at === fields.length;
}

function addPlaces(places: Set<string>, path: ErrorPath): void {
  for (let depth = 1; depth <= path.length; depth++) places.add(placeOf(path, depth));
}

function placeOf(path: ErrorPath, depth: number): string {
  return path.slice(0, depth).join("\n");
}
