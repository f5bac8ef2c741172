import { type ReactNode, useId, useRef, useState } from "react";
import { ICONS, Icon } from "./icon.tsx";

type PopoverProps = {
  readonly label: ReactNode;
  readonly icon?: string;
  /** Read aloud in place of a label that says too little. */
  readonly name?: string;
  readonly look?: "plain" | "quiet";
  /** Made when it is opened. */
  readonly children: (close: () => void) => ReactNode;
};

/** A button and what it opens. The browser closes it on Escape and on a click elsewhere. */
export function Popover({ label, icon, name, look = "plain", children }: PopoverProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const place = () => {
    const at = button.current?.getBoundingClientRect();
    const box = panel.current;
    if (!at || !box) return;
    box.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - box.offsetWidth - 8))}px`;
    const lowest = window.innerHeight - box.offsetHeight - 8;
    const below = at.bottom + 4;
    const above = at.top - box.offsetHeight - 4;
    // Where neither side has room it covers its button rather than leave the screen.
    box.style.top = `${below <= lowest ? below : above >= 8 ? above : Math.max(8, lowest)}px`;
  };
  const toggled = (event: { readonly newState: string }) => {
    setOpen(event.newState === "open");
    if (event.newState === "open") requestAnimationFrame(place);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`button button--${look}`}
        popoverTarget={id}
        aria-expanded={isOpen}
        aria-label={name}
      >
        {icon && <Icon path={icon} />}
        {label}
        <Icon path={ICONS.down} />
      </button>
      <div ref={panel} id={id} popover="auto" className="popover" onToggle={toggled}>
        {isOpen && children(() => panel.current?.hidePopover())}
      </div>
    </>
  );
}
