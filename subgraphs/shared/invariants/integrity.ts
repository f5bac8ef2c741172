import type { Invariant } from "./invariant.ts";

export const INTEGRITY: readonly Invariant[] = [];
