import { type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "./button.tsx";
import { ICONS } from "./icon.tsx";

type DrawerProps = {
  readonly title: ReactNode;
  readonly closing: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

const NARROW = "(width <= 900px)";

/** Details beside a list. Where there is room for both the list stays in use; where there is not, it is a dialog. */
export function Drawer({ title, closing, onClose, children }: DrawerProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    if (window.matchMedia(NARROW).matches) dialog.showModal();
    else dialog.setAttribute("open", "");
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={element}
      className="drawer"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="drawer__head">
        <h2 id={id}>{title}</h2>
        <IconButton icon={ICONS.close} label={closing} onClick={onClose} />
      </div>
      <div className="drawer__body">{children}</div>
    </dialog>
  );
}
