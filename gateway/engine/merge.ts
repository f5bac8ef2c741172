import type { JsonObject } from "./json.ts";
import { isObject, readOwn, writeOwn } from "./json.ts";
import type { Supergraph } from "./supergraph.ts";

export type Merge = (target: JsonObject, source: JsonObject, ownership: "take" | "copy") => void;

/**
 * Merges what one fetch brought into what is already there. With `take`, nested objects of the source become part of
 * the target. With `copy` they are copied: two places of the answer that show the same entity must not share them,
 * since a later fetch may write a field with other arguments under the same name into only one of the places.
 */
export function createMerge(supergraph: Supergraph): Merge {
  function merge(target: JsonObject, source: JsonObject, ownership: "take" | "copy"): void {
    for (const key in source) {
      if (key === "__proto__") {
        const value = mergedValue(readOwn(target, key), readOwn(source, key), ownership);
        if (value !== undefined) writeOwn(target, key, value);
        continue;
      }
      const incoming = source[key];
      if (key === "__typename") {
        // A subgraph with an interface object only knows the interface's name: it never replaces a concrete one.
        const current = target[key];
        if (current === undefined || supergraph.isObjectType(incoming as string)) target[key] = incoming;
      } else if (typeof incoming === "object") {
        const value = mergedValue(target[key], incoming, ownership);
        if (value !== undefined) target[key] = value;
      } else {
        target[key] = incoming;
      }
    }
  }

  /** The value to write, or undefined where the present one stays. */
  function mergedValue(current: unknown, incoming: unknown, ownership: "take" | "copy"): unknown {
    const isPresent = current !== undefined && current !== null && typeof current !== "function";
    if (incoming === null) return isPresent ? undefined : null;
    if (typeof incoming !== "object") return incoming;
    if (!isPresent || typeof current !== "object") return ownership === "take" ? incoming : copyOf(incoming);
    if (Array.isArray(current) && Array.isArray(incoming)) mergeLists(current, incoming, ownership);
    else if (isObject(current) && isObject(incoming)) merge(current, incoming, ownership);
    return undefined;
  }

  /** Lists of another length are another list: mixing their rows by position would make rows that never existed. */
  function mergeLists(current: unknown[], incoming: readonly unknown[], ownership: "take" | "copy"): void {
    if (current.length !== incoming.length) return;
    for (let index = 0; index < incoming.length; index++) {
      const value = mergedValue(current[index], incoming[index], ownership);
      if (value !== undefined) current[index] = value;
    }
  }

  return merge;
}

/** Copies plain data; anything else is a leaf and shared. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== "object" || value === null) return value;
  const prototype = Object.getPrototypeOf(value);
  // Anything but plain data (a Date of an in-process scalar) is a leaf.
  if (prototype !== null && prototype !== Object.prototype) return value;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) {
    writeOwn(copy, key, copyOf(readOwn(value as JsonObject, key)));
  }
  return copy;
}
