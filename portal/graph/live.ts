import { createClient } from "graphql-ws";
import { createContext, use, useEffect, useRef, useSyncExternalStore } from "react";
import type { TypedDocumentNode } from "urql";
import { endSession, type Session } from "../session/session.ts";

/** `idle`: nothing is followed. */
export type LiveState = "idle" | "connecting" | "live" | "lost";

/** One socket for all that is followed; it comes back by itself, and what was followed with it. */
export type Live = {
  readonly follow: (document: object, variables: object, onData: (data: unknown) => void) => () => void;
  readonly state: () => LiveState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly close: () => void;
};

export function openLive({ token }: Session): Live {
  const listeners = new Set<() => void>();
  let state: LiveState = "idle";
  const become = (next: LiveState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const client = createClient({
    url: `${window.location.origin.replace(/^http/, "ws")}/graphql`,
    connectionParams: { authorization: `Bearer ${token}` },
    keepAlive: 15_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: async (retries) => wait(Math.min(15_000, 500 * 2 ** retries) * (0.75 + Math.random() / 2)),
    shouldRetry: () => true,
    on: {
      connecting: (isRetry) => become(isRetry ? "lost" : "connecting"),
      connected: () => become("live"),
      closed: (event) => {
        const { code } = event as { readonly code?: number };
        if (code === EXPIRED) endSession("expired");
        become(code === 1000 ? "idle" : "lost");
      },
    },
  });
  return {
    follow: (document, variables, onData) => followFor(client, document, variables, onData),
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => void client.dispose(),
  };
}

const EXPIRED = 4403;
const AGAIN_MS = 2_000;

/** A subscription that ends, as all do when the graph is replaced, is taken up again. */
function followFor(
  client: ReturnType<typeof createClient>,
  document: object,
  variables: object,
  onData: (data: unknown) => void,
): () => void {
  const { documentId } = document as { readonly documentId: string };
  let isOver = false;
  let stop = () => {};
  const begin = () => {
    if (isOver) return;
    const again = () => void wait(AGAIN_MS).then(begin);
    const request = { query: "", documentId, variables: { ...variables } };
    stop = client.subscribe(request, {
      next: ({ data }) => data && onData(data),
      error: again,
      complete: again,
    });
  };
  begin();
  return () => {
    isOver = true;
    stop();
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export const LiveContext = createContext<Live | undefined>(undefined);

export function useLiveState(): LiveState {
  const live = use(LiveContext);
  return useSyncExternalStore(live?.subscribe ?? NEVER, () => live?.state() ?? "idle");
}

const NEVER = () => () => {};

/** Calls `onData` with all that comes while it is shown and not paused. */
export function useLive<Data, Variables extends object>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  onData: (data: Data) => void,
  { pause = false }: { readonly pause?: boolean } = {},
): void {
  const live = use(LiveContext);
  const latest = useRef(onData);
  useEffect(() => {
    latest.current = onData;
  });
  const key = JSON.stringify(variables);
  // biome-ignore lint/correctness/useExhaustiveDependencies: variables are compared by what is in them
  useEffect(() => {
    if (pause) return;
    return live?.follow(document, variables, (data) => latest.current(data as Data));
  }, [live, document, key, pause]);
}
