import type { JsonObject } from "./json.ts";
import { readerOf } from "./json.ts";
import type { FlattenNodePathSegment } from "./planner.ts";
import type { Supergraph } from "./supergraph.ts";

/** Walks from a value along a fixed path and adds every object at its end to `found`. */
export type Collect = (value: unknown, found: JsonObject[]) => void;

/** Compiles the path of a Flatten node into a chain of walkers, one per segment. */
export function compilePath(path: readonly FlattenNodePathSegment[], supergraph: Supergraph): Collect {
  return path.reduceRight<Collect>((next, segment) => compileSegment(segment, next, supergraph), collectEnd);
}

function compileSegment(segment: FlattenNodePathSegment, next: Collect, supergraph: Supergraph): Collect {
  if (segment === "@") return each(next);
  if ("Field" in segment) {
    const read = readerOf(segment.Field);
    return (value, found) => {
      if (typeof value !== "object" || value === null) return;
      const inner = read(value as JsonObject);
      if (typeof inner === "object" && inner !== null) next(inner, found);
    };
  }
  const conditions = segment.TypeCondition;
  return (value, found) => {
    if (typeof value !== "object" || value === null) return;
    const typename = (value as JsonObject)["__typename"];
    // Where the static type says it all the planner does not ask for the name.
    const holds = typename === undefined || conditions.some((name) => supergraph.matches(name, String(typename)));
    if (holds) next(value, found);
  };
}

/** Also lets a single object through: batched paths end in `@` whether the field is a list or not. */
function each(next: Collect): Collect {
  const walk: Collect = (value, found) => {
    if (!Array.isArray(value)) return next(value, found);
    for (let index = 0; index < value.length; index++) {
      const item = value[index];
      if (Array.isArray(item)) walk(item, found);
      else if (item !== null) next(item, found);
    }
  };
  return walk;
}

function collectEnd(value: unknown, found: JsonObject[]): void {
  if (Array.isArray(value)) for (const item of value) collectEnd(item, found);
  else if (typeof value === "object" && value !== null) found.push(value as JsonObject);
}
