/** Path data in a square of 24, drawn as lines. */
export const ICONS = {
  close: "M6 6l12 12M18 6L6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4",
  down: "M6 9l6 6 6-6",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  screen: "M3 5h18v11H3zM8 20h8M12 16v4",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1.5-3.5 4.5-5 8-5s6.5 1.5 8 5",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10",
  hand: "M7 11V6.5a1.5 1.5 0 0 1 3 0V11M10 10V4.5a1.5 1.5 0 0 1 3 0V10M13 10V5.5a1.5 1.5 0 0 1 3 0V11M16 11V8.5a1.5 1.5 0 0 1 3 0V15a6 6 0 0 1-6 6h-1.5a6 6 0 0 1-5-2.700L3.800 14.5a1.5 1.5 0 0 1 2.400-1.800L7 13.600V11",
  refund: "M9 14l-5-5 5-5M4 9h10a6 6 0 0 1 0 12h-3",
  dispute: "M12 3l9 16H3zM12 9v5M12 17h.01",
  pause: "M8 5v14M16 5v14",
  play: "M7 5l12 7-12 7z",
  columns: "M4 5h16v14H4zM10 5v14M15 5v14",
  filter: "M4 6h16M7 12h10M10 18h4",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  check: "M5 12.5l4.5 4.5L19 7.5",
  plug: "M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4",
  out: "M10 5H5v14h5M14 8l4 4-4 4M18 12H9",
  bookmark: "M7 4h10v16l-5-4-5 4z",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  up: "M6 15l6-6 6 6",
  upload: "M12 16V5M7 10l5-5 5 5M5 20h14",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  again: "M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6",
  plus: "M12 5v14M5 12h14",
  key: "M8 15a4 4 0 1 1 3.5-2L20 13v3h-3v2h-3v-3h-2.5",
  past: "M4 12a8 8 0 1 0 2.3-5.7L4 8.5M4 4v4.5h4.5M12 8v4.5l3 2",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
} as const;

/** For the eye alone: what stands beside it, or its button's label, says the same. */
export function Icon({ path }: { readonly path: string }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}
