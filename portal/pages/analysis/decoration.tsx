import type { ReactNode } from "react";

/** For the eye alone: the marks of a drawing say the same to who hears it. */
export function Decoration({ children }: { readonly children: ReactNode }) {
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
  return <g aria-hidden="true">{children}</g>;
}
