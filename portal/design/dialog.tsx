import { type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "./button.tsx";
import { ICONS } from "./icon.tsx";

type DialogProps = {
  readonly title: string;
  /** What the button that closes it is called. */
  readonly closing: string;
  readonly onClose: () => void;
  /** For what needs room to stand side by side. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
  /** Buttons at its foot. */
  readonly foot?: ReactNode;
};

/** Shown for as long as it is there. The browser keeps the focus inside it and gives it back. */
export function Dialog({ title, closing, onClose, isWide = false, children, foot }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    // What is asked for comes before the way out.
    dialog?.querySelector<HTMLElement>("input, select, textarea")?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      className={isWide ? "dialog dialog--wide" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog__head">
        <h2 id={id}>{title}</h2>
        <IconButton icon={ICONS.close} label={closing} onClick={onClose} />
      </div>
      <div className="dialog__body">{children}</div>
      {foot && <div className="dialog__foot">{foot}</div>}
    </dialog>
  );
}
