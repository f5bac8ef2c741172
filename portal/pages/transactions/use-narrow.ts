import { useSyncExternalStore } from "react";

const narrow = window.matchMedia("(width <= 700px)");

/** Whether there is room for two lines a row, and not for columns. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow.addEventListener("change", listener);
      return () => narrow.removeEventListener("change", listener);
    },
    () => narrow.matches,
  );
}
