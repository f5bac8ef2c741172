import { useEffect, useRef, useSyncExternalStore } from "react";

/** A key, as the browser names it, with what it does in the person's words. */
export type Shortcut = { readonly key: string; readonly label: string; readonly run: () => void };

const registered = new Set<readonly Shortcut[]>();
const listeners = new Set<() => void>();
let shown: readonly Shortcut[] = [];

const KEPT = "concord.shortcuts";

/** Single keys can be in the way of those who speak to their computer, so they can be turned off. */
function areShortcutsOn(): boolean {
  return localStorage.getItem(KEPT) !== "off";
}

export function turnShortcuts(on: boolean): void {
  if (on) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, "off");
  publish();
}

/** All that work at present. */
export function useKnownShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(subscribe, () => shown);
}

export function useShortcutsOn(): boolean {
  return useSyncExternalStore(subscribe, areShortcutsOn);
}

/** Keys that work while this is shown. Not while something is typed, and under a dialog only those in it. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  const key = shortcuts.map((each) => each.key + each.label).join();
  useEffect(() => {
    latest.current = shortcuts;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the keys do is read when they are pressed
  useEffect(() => {
    const mine = latest.current;
    registered.add(mine);
    publish();
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event)) return;
      if (event.key.length === 1 && !areShortcutsOn()) return;
      const found = latest.current.find((each) => each.key === event.key);
      if (!found) return;
      event.preventDefault();
      found.run();
    };
    document.addEventListener("keydown", pressed);
    return () => {
      registered.delete(mine);
      publish();
      document.removeEventListener("keydown", pressed);
    };
  }, [key]);
}

function isBusy({ target, key }: KeyboardEvent): boolean {
  if (document.querySelector("dialog:modal, [popover]:popover-open")) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("input, textarea, select")) return true;
  // A button or a link that has the focus is what Enter is for.
  return key === "Enter" && target.matches("a, button, summary");
}

function publish(): void {
  shown = [...registered].flat();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
