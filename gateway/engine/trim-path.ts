import type { ErrorPath } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import { readOwn } from "./json.ts";

/**
 * The path as far as the client can follow it: the engine also fetches keys and required fields that nobody asked for,
 * and an error at one of these is told at the object that holds it. Below a null everything may have been asked.
 */
export function trimPath(path: ErrorPath, data: unknown): ErrorPath | undefined {
  let value = data;
  for (const [depth, key] of path.entries()) {
    if (typeof value !== "object" || value === null) return path;
    if (!Object.hasOwn(value, key)) return depth === 0 ? undefined : path.slice(0, depth);
    value = readOwn(value as JsonObject, String(key));
  }
  return path;
}
