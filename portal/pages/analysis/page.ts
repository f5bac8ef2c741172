import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/analysis",
  menu: "ANALYSIS",
  order: 20,
  title: { en: "Analysis", fr: "Analyse", nl: "Analyse", de: "Analyse" },
  icon: "M4 20h16M7 16v-5M12 16V6M17 16v-8",
  load: () => import("./analysis-page.tsx"),
};
