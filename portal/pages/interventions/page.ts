import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/interventions",
  menu: "TRANSACTIONS",
  action: "ASSIGN_STATUS",
  order: 15,
  title: {
    en: "Manual interventions",
    fr: "Interventions manuelles",
    nl: "Manuele tussenkomsten",
    de: "Manuelle Eingriffe",
  },
  icon: "M7 11V6.5a1.5 1.5 0 0 1 3 0V11M10 10V4.5a1.5 1.5 0 0 1 3 0V10M13 10V5.5a1.5 1.5 0 0 1 3 0V11M16 11V8.5a1.5 1.5 0 0 1 3 0V15a6 6 0 0 1-6 6h-1.5a6 6 0 0 1-5-2.7L3.8 14.5a1.5 1.5 0 0 1 2.4-1.8L7 13.6V11",
  load: () => import("./interventions-page.tsx"),
};
