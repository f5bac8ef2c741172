import type { ViewerQuery } from "../generated/graph/viewer.ts";
import { loadOnce } from "../language/load-once.ts";
import type { Page } from "./page.ts";

const found = import.meta.glob<{ readonly page: Page }>("../pages/*/page.ts", { eager: true });

/** Every page there is, in the order of the menu, with what it shows. */
export const PAGES = Object.values(found)
  .map(({ page }) => ({ ...page, load: loadOnce(page.load) }))
  .sort((a, b) => a.order - b.order);

/** Loads what is most likely shown at an address, before it is known who asks. */
export async function loadPageAhead(path: string): Promise<void> {
  const page = PAGES.find((each) => each.path === path) ?? PAGES[0];
  // Whoever shows it loads it again, and says what is wrong.
  await page?.load().catch(() => undefined);
}

export type OpenPage = (typeof PAGES)[number];

type Viewer = Pick<NonNullable<ViewerQuery["viewer"]>, "menus" | "actions" | "memberships">;

/** What is open to this person. The graph decides by itself: a page that is shown in error is an empty one. */
export function pagesOf({ menus, actions, memberships }: Viewer): readonly OpenPage[] {
  // Where a person belongs to is not told while accounts are not answering, and what they may do is.
  const groups = memberships ?? [{ menus, actions, locations: null }];
  return PAGES.filter(({ menu, action = "VIEW", wholeMerchant }) => {
    if (menu === undefined) return true;
    const opening = groups.filter((group) => group.menus.includes(menu) && group.actions.includes(action));
    return opening.some(({ locations }) => !wholeMerchant || locations === null);
  });
}
