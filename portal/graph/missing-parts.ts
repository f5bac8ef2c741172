import { useSyncExternalStore } from "react";

/** Subgraphs that did not answer, by the operation that missed them. */
const missing = new Map<string, ReadonlySet<string>>();
const listeners = new Set<() => void>();
let names: readonly string[] = [];

/** Tells which parts an answer was without; none takes back what was told of this operation before. */
export function noteMissing(operation: string, services: ReadonlySet<string>): void {
  if (services.size > 0) missing.set(operation, services);
  else if (!missing.delete(operation)) return;
  publish();
}

/** Forgets what other pages have missed. */
export function forgetMissing(): void {
  if (missing.size === 0) return;
  missing.clear();
  publish();
}

/** Names of subgraphs that what is shown at present is without. */
export function useMissingParts(): readonly string[] {
  return useSyncExternalStore(subscribe, () => names);
}

function publish(): void {
  names = [...new Set([...missing.values()].flatMap((services) => [...services]))].sort();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
