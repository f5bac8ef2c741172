import { type ReactNode, useState } from "react";
import type { Place } from "./mark.tsx";
import { useWidth } from "./use-width.ts";

type DrawingProps = {
  readonly label: string;
  /** How high it is where there is so much room. */
  readonly heightAt: (width: number) => number;
  readonly children: (width: number, onShow: (label: string | undefined, place: Place) => void) => ReactNode;
};

type Tip = { readonly text: string; readonly place: Place };

/** A drawing as wide as its place, so that its texts are as large on a phone; beside the mark that is pointed at, its figures. */
export function Drawing({ label, heightAt, children }: DrawingProps) {
  const [room, width] = useWidth();
  const [tip, setTip] = useState<Tip>();
  const show = (text: string | undefined, place: Place) => setTip(text === undefined ? undefined : { text, place });
  const middle = tip && tip.place.x + tip.place.width / 2;
  return (
    <div className="drawing" ref={room}>
      {width > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: SVG has no element for a group that is read by its name
        <svg className="drawing__svg" width={width} height={heightAt(width)} role="group" aria-label={label}>
          {children(width, show)}
        </svg>
      )}
      {tip && middle !== undefined && (
        <span
          className="drawing__tip"
          aria-hidden="true"
          style={{
            left: `${Math.min(width - TIP_HALF, Math.max(TIP_HALF, middle))}px`,
            top: `${Math.max(0, tip.place.y)}px`,
          }}
        >
          {tip.text}
        </span>
      )}
    </div>
  );
}

const TIP_HALF = 110;
