import type { Invariant } from "./invariant.ts";

export const DELIVERY: readonly Invariant[] = [];
