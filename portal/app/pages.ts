import { lazy } from "react";
import type { ViewerQuery } from "../generated/graph/viewer.ts";
import type { Page } from "./page.ts";

const found = import.meta.glob<{ readonly page: Page }>("../pages/*/page.ts", { eager: true });

/** Every page there is, in the order of the menu, with what it shows. */
export const PAGES = Object.values(found)
  .map(({ page }) => ({
    ...page,
    Content: lazy(() => page.load().then(({ Content }) => ({ default: Content }))),
  }))
  .sort((a, b) => a.order - b.order);

export type OpenPage = (typeof PAGES)[number];

type Viewer = Pick<NonNullable<ViewerQuery["viewer"]>, "menus" | "actions">;

/** What is open to this person. The graph decides by itself: a page that is shown in error is an empty one. */
export function pagesOf({ menus, actions }: Viewer): readonly OpenPage[] {
  return PAGES.filter(({ menu, action = "VIEW" }) => {
    return menu === undefined || (menus.includes(menu) && actions.includes(action));
  });
}
