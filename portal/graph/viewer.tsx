import { createContext, use } from "react";
import type { Action, Menu, ViewerQuery } from "../generated/graph/viewer.ts";

export type Viewer = NonNullable<ViewerQuery["viewer"]>;

export const ViewerContext = createContext<Viewer | undefined>(undefined);

/** Asks anew who is signed in, after something has changed what they may see. */
export const RefreshViewerContext = createContext<() => void>(() => undefined);

/** Who is signed in. Only inside the shell, which waits for them. */
export function useViewer(): Viewer {
  const viewer = use(ViewerContext);
  if (!viewer) throw new Error("nobody is signed in here");
  return viewer;
}

/**
 * Whether the person's groups open this; only for what to show, since the graph decides.
 * @public
 */
export function useMay(menu: Menu, action: Action): boolean {
  const { menus, actions } = useViewer();
  return menus.includes(menu) && actions.includes(action);
}

type OwnMerchant = { readonly id: string; readonly name: string };

/** The merchants at which the person's group opens this, by name; what is the platform's own is no merchant. */
export function useMerchantsWith(menu: Menu, action: Action): readonly OwnMerchant[] {
  const { memberships, merchants } = useViewer();
  const own = (memberships ?? []).filter((each) => each.menus.includes(menu) && each.actions.includes(action));
  return own
    .filter(({ merchantId }) => merchantId !== "platform")
    .map(({ merchantId: id }) => ({ id, name: merchants?.find((each) => each.id === id)?.name ?? id }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
