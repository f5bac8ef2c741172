import type { Invariant } from "./invariant.ts";

export const HISTORY: readonly Invariant[] = [];
