import { Component, type ReactNode } from "react";

type Props = {
  readonly children: ReactNode;
  /** What stands in the place of what broke. */
  readonly instead: (again: () => void) => ReactNode;
};

/** Keeps a fault of one page to that page. */
export class ErrorBoundary extends Component<Props, { readonly isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    if (!this.state.isBroken) return this.props.children;
    return this.props.instead(() => this.setState({ isBroken: false }));
  }
}
