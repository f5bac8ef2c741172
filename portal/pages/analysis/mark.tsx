import type { MouseEvent, ReactNode } from "react";
import { navigate } from "../../app/location.ts";

export type Place = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

type MarkProps = {
  readonly href: string;
  /** What it is read as, with its figures. */
  readonly label: string;
  readonly tabIndex: number;
  /** What can be hit, and what is outlined. */
  readonly place: Place;
  readonly onFocus: () => void;
  readonly onShow: (label: string | undefined, place: Place) => void;
  readonly children: ReactNode;
};

/** A part of a drawing that is a link to what it is made of. */
export function Mark({ href, label, tabIndex, place, onFocus, onShow, children }: MarkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href);
  };
  const show = () => onShow(label, place);
  const hide = () => onShow(undefined, place);
  return (
    <a
      className="mark"
      href={href}
      aria-label={label}
      tabIndex={tabIndex}
      onClick={follow}
      onFocus={() => {
        onFocus();
        show();
      }}
      onBlur={hide}
      onMouseEnter={show}
      onMouseLeave={hide}
    >
      <rect className="mark__ground" {...place} rx={3} />
      {children}
      <rect className="mark__ring" {...place} rx={3} />
    </a>
  );
}
