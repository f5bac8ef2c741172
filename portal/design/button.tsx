import type { ButtonHTMLAttributes } from "react";
import { Icon } from "./icon.tsx";

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly look?: "plain" | "primary" | "quiet" | "danger";
  /** Path data, before the text. */
  readonly icon?: string;
};

export function Button({ look = "plain", icon, children, className = "", ...rest }: ButtonProps) {
  return (
    <button type="button" className={`button button--${look} ${className}`} {...rest}>
      {icon && <Icon path={icon} />}
      {children}
    </button>
  );
}

type IconButtonProps = Omit<ButtonProps, "children"> & { readonly icon: string; readonly label: string };

/** A button without text, whose label is read aloud and shown on hovering. */
export function IconButton({ icon, label, look = "quiet", className = "", ...rest }: IconButtonProps) {
  return (
    <Button look={look} className={`button--icon ${className}`} aria-label={label} title={label} {...rest}>
      <Icon path={icon} />
    </Button>
  );
}
