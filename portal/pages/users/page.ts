import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/users",
  menu: "USERS",
  action: "MANAGE",
  wholeMerchant: true,
  order: 80,
  title: {
    en: "Users and groups",
    fr: "Utilisateurs et groupes",
    nl: "Gebruikers en groepen",
    de: "Benutzer und Gruppen",
  },
  icon: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c1-3.5 3.5-5 6.5-5s5.5 1.5 6.5 5M16 4.3a3.5 3.5 0 0 1 0 6.4M18 15.3c1.8.7 3 2.2 3.5 4.7",
  load: () => import("./users-page.tsx"),
};
