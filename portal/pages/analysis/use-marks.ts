import { type KeyboardEvent, useRef, useState } from "react";

/**
 * Marks of a chart as one stop of the Tab key, among which arrows move: a month has thirty, a week's hours 168.
 * @param perRow how many stand beside each other
 */
export function useMarks(count: number, perRow: number) {
  const marks = useRef<SVGGElement>(null);
  const [active, setActive] = useState(0);
  const current = Math.min(active, count - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = { ...STEPS, ArrowDown: perRow, ArrowUp: -perRow, Home: -count, End: count }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const to = Math.min(count - 1, Math.max(0, current + next));
    marks.current?.querySelectorAll("a")[to]?.focus();
  };
  return {
    group: { ref: marks, onKeyDown },
    tabIndexOf: (index: number) => (index === current ? 0 : -1),
    onFocus: setActive,
  };
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
