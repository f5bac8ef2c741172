import { useSyncExternalStore } from "react";

/** An access token, and until when it is good, in milliseconds since 1970. */
export type Session = { readonly token: string; readonly expiresAt: number };

/** Why nobody is signed in any more. */
export type Ending = "signed-out" | "expired";

type State = { readonly session: Session | undefined; readonly ending: Ending | undefined };

const KEPT = "concord.session";
const listeners = new Set<() => void>();
let state: State = { session: kept(), ending: undefined };

/** A session lives as long as its tab: it survives a reload and is nobody else's. */
function kept(): Session | undefined {
  try {
    const session = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Session | null;
    return session && session.expiresAt > Date.now() ? session : undefined;
  } catch {
    return undefined;
  }
}

export function beginSession(session: Session): void {
  sessionStorage.setItem(KEPT, JSON.stringify(session));
  set({ session, ending: undefined });
}

export function endSession(ending: Ending): void {
  sessionStorage.removeItem(KEPT);
  if (state.session) set({ session: undefined, ending });
}

/** @returns who is signed in at this moment; for a component, `useSession` follows it. */
export function currentSession(): Session | undefined {
  return state.session;
}

export function useSession(): State {
  return useSyncExternalStore(subscribe, () => state);
}

function set(next: State): void {
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
