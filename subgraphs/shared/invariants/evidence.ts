import type { Invariant } from "./invariant.ts";

export const EVIDENCE: readonly Invariant[] = [];
