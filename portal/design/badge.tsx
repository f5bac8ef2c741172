import type { ReactNode } from "react";

export type Tone = "plain" | "good" | "bad" | "warn" | "info" | "plum";

export function Badge({ tone = "plain", children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={`badge tone--${tone}`}>{children}</span>;
}
