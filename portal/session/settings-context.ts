import { createContext, use } from "react";
import type { Settings } from "./settings.ts";

export const SettingsContext = createContext<Settings>({ signIn: { kind: "none" }, graphiql: false, examples: [] });

export function useSettings(): Settings {
  return use(SettingsContext);
}
