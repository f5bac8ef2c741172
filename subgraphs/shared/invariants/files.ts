import type { Invariant } from "./invariant.ts";

export const FILES: readonly Invariant[] = [];
