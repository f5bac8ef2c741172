import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/transactions",
  menu: "TRANSACTIONS",
  order: 10,
  title: { en: "Transactions", fr: "Transactions", nl: "Transacties", de: "Transaktionen" },
  icon: "M4 6h16M4 12h16M4 18h10",
  load: () => import("./transactions-page.tsx"),
};
