import { useEffect, useRef, useState } from "react";

/** How wide there is room to draw, in pixels; 0 until that is known. What is hidden keeps the width it had. */
export function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const room = element.current;
    if (!room) return;
    const observer = new ResizeObserver(([entry]) => {
      const now = Math.floor(entry?.contentRect.width ?? 0);
      if (now > 0) setWidth(now);
    });
    observer.observe(room);
    return () => observer.disconnect();
  }, []);
  return [element, width] as const;
}
