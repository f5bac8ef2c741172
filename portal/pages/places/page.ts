import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/places",
  menu: "TERMINALS",
  order: 70,
  title: { en: "Terminals", fr: "Terminaux", nl: "Terminals", de: "Terminals" },
  icon: "M12 21s-6.5-5.5-6.5-11a6.5 6.5 0 0 1 13 0c0 5.5-6.5 11-6.5 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  load: () => import("./places-page.tsx"),
};
