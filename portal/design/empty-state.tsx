import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

type EmptyStateProps = {
  readonly icon: string;
  readonly title: string;
  /** What to do about it. */
  readonly children?: ReactNode;
};

export function EmptyState({ icon, title, children }: EmptyStateProps) {
  return (
    <div className="empty">
      <Icon path={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}
