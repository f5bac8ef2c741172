import { useEffect, useSyncExternalStore } from "react";
import { IconButton } from "./button.tsx";
import { ICONS } from "./icon.tsx";

type Toast = { readonly id: number; readonly text: string; readonly isBad: boolean };

const listeners = new Set<() => void>();
let toasts: readonly Toast[] = [];
let last = 0;

/** Says something for a few seconds. What went wrong stays until it is put away. */
export function tell(text: string, { isBad = false }: { readonly isBad?: boolean } = {}): void {
  last += 1;
  set([...toasts, { id: last, text, isBad }].slice(-4));
}

/** @param closing what the button that puts one away is called */
export function Toasts({ closing }: { readonly closing: string }) {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((toast) => (
        <Shown key={toast.id} toast={toast} closing={closing} />
      ))}
    </div>
  );
}

const SHOWN_MS = 6_000;

function Shown({ toast: { id, text, isBad }, closing }: { readonly toast: Toast; readonly closing: string }) {
  useEffect(() => {
    if (isBad) return;
    const timer = setTimeout(() => putAway(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, isBad]);
  return (
    <div className={`toast ${isBad ? "toast--bad" : ""}`}>
      <span>{text}</span>
      <IconButton icon={ICONS.close} label={closing} onClick={() => putAway(id)} />
    </div>
  );
}

function putAway(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
