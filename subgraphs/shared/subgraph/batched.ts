import DataLoader from "dataloader";
import type { RequestContext } from "./request-context.ts";

/** Loads one value by key; keys asked for in the same turn of one operation are loaded together. Null: there is none. */
export type BatchedLoad<V> = (context: RequestContext, key: string) => Promise<V | null>;

/**
 * One query for what many rows of an operation ask. What was loaded lives as long as the operation: it depends on who
 * asks, and an answer must not change under a reader.
 */
export function batched<V>(
  load: (context: RequestContext, keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
): BatchedLoad<V> {
  const loaders = new WeakMap<RequestContext, DataLoader<string, V | null>>();
  return (context, key) => {
    let loader = loaders.get(context);
    if (!loader) {
      loader = new DataLoader(
        async (keys) => {
          const values = await load(context, keys);
          return keys.map((wanted) => values.get(wanted) ?? null);
        },
        { maxBatchSize: LARGEST_BATCH },
      );
      loaders.set(context, loader);
    }
    return loader.load(key);
  };
}

/** Rows by key, for one-to-one loads. */
export function byKey<R, V>(rows: readonly R[], keyOf: (row: R) => string, toValue: (row: R) => V): Map<string, V> {
  return new Map(rows.map((row) => [keyOf(row), toValue(row)]));
}

/** Rows gathered by key in the order they come, for one-to-many loads. */
export function groupedByKey<R, V>(rows: readonly R[], keyOf: (row: R) => string, toValue: (row: R) => V) {
  const groups = new Map<string, V[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(toValue(row));
    else groups.set(keyOf(row), [toValue(row)]);
  }
  return groups;
}

const LARGEST_BATCH = 1_000;
