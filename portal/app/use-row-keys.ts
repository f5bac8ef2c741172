import { useRef } from "react";
import { useStrings } from "../language/language.tsx";
import { shellStrings } from "./shell-strings.ts";
import { useShortcuts } from "./shortcuts.tsx";

/** Lets j and k walk over the links of rows, which Enter then opens. @returns for the element around the rows */
export function useRowKeys() {
  const t = useStrings(shellStrings);
  const list = useRef<HTMLDivElement>(null);
  const move = (by: number) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  };
  useShortcuts([
    { key: "j", label: t.nextRow, run: () => move(1) },
    { key: "k", label: t.previousRow, run: () => move(-1) },
  ]);
  return list;
}
