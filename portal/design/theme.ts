import { useSyncExternalStore } from "react";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEPT = "concord.theme";
const isDark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function chosen(): Theme {
  const kept = localStorage.getItem(KEPT);
  return THEMES.find((each) => each === kept) ?? "system";
}

function apply(): void {
  const theme = chosen();
  document.documentElement.dataset["theme"] = theme === "system" ? (isDark.matches ? "dark" : "light") : theme;
  for (const listener of listeners) listener();
}

/** Puts the theme on the page, and follows the system where nothing was chosen. */
export function startTheme(): void {
  isDark.addEventListener("change", apply);
  apply();
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, theme);
  apply();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, chosen);
}
