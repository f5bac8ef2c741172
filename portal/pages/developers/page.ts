import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/developers",
  order: 900,
  title: { en: "Developers", fr: "Développeurs", nl: "Ontwikkelaars", de: "Entwickler" },
  icon: "M8 7l-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14",
  load: () => import("./developers-page.tsx"),
};
