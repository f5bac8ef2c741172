import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/invitation",
  isUnlisted: true,
  order: 990,
  title: { en: "Invitation", fr: "Invitation", nl: "Uitnodiging", de: "Einladung" },
  icon: "M3 6h18v12H3zM3 7l9 6 9-6",
  load: () => import("./invitation-page.tsx"),
};
