import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/settlement-files",
  menu: "SETTLEMENTS",
  wholeMerchant: true,
  order: 35,
  title: { en: "Files", fr: "Fichiers", nl: "Bestanden", de: "Dateien" },
  icon: "M6 3h8l4 4v14H6zM14 3v4h4M12 18v-6M9.5 14l2.5-2.5 2.5 2.5",
  load: () => import("./files-page.tsx"),
};
