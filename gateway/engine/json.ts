/** An object that came out of JSON or of an in-process subgraph; its keys are chosen by clients and subgraphs. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for names that every plain object answers to without owning them (`constructor`, `__proto__`, ...). */
function isInheritedName(name: string): boolean {
  return name in Object.prototype;
}

/** Reads a key that may be an inherited name: only what the object owns counts, so an alias `__proto__` is data. */
export function readOwn(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? Object.getOwnPropertyDescriptor(object, key)?.value : undefined;
}

/** Writes a key that may be `__proto__` as data, where an assignment would change the prototype. */
export function writeOwn(object: JsonObject, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  else object[key] = value;
}

/** Reads `key` of an object; the careful way is taken only for the few names that need it. */
export function readerOf(key: string): (object: JsonObject) => unknown {
  return isInheritedName(key) ? (object) => readOwn(object, key) : (object) => object[key];
}
