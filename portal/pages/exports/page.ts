import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/exports",
  menu: "EXPORTS",
  action: "EXPORT",
  order: 60,
  title: { en: "Exports", fr: "Exports", nl: "Exports", de: "Exporte" },
  icon: "M12 4v11M7 11l5 5 5-5M5 20h14",
  load: () => import("./exports-page.tsx"),
};
