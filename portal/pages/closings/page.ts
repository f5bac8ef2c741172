import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/closings",
  menu: "TRANSACTIONS",
  order: 50,
  title: { en: "Closings", fr: "Clôtures", nl: "Afsluitingen", de: "Abschlüsse" },
  icon: "M6 11V8a6 6 0 0 1 12 0v3M5 11h14v9H5zM12 15v2",
  load: () => import("./closings-page.tsx"),
};
