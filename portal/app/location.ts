import { useSyncExternalStore } from "react";

type Place = { readonly path: string; readonly search: string };

const listeners = new Set<() => void>();
let current = read();

function read(): Place {
  return { path: window.location.pathname, search: window.location.search };
}

function changed(): void {
  current = read();
  for (const listener of listeners) listener();
}

window.addEventListener("popstate", changed);

/** Goes to an address of the portal; `replace` leaves no step to go back to. */
export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  const { path } = current;
  window.history[replace ? "replaceState" : "pushState"](null, "", to);
  changed();
  if (current.path !== path) window.scrollTo(0, 0);
}

export function useLocation(): Place {
  return useSyncExternalStore(subscribe, () => current);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
