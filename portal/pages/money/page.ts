import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/money",
  menu: "SETTLEMENTS",
  wholeMerchant: true,
  order: 30,
  title: { en: "Money", fr: "Argent", nl: "Geld", de: "Geld" },
  icon: "M3 7h18v11H3zM12 15a2.5 2.5 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM6.500 12.500h.01M17.500 12.500h.01",
  load: () => import("./money-page.tsx"),
};
