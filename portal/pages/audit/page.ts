import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/audit",
  menu: "AUDIT",
  wholeMerchant: true,
  order: 90,
  title: { en: "Audit", fr: "Audit", nl: "Audit", de: "Protokoll" },
  icon: "M12 3l7 3v5.5c0 4.5-3 7.5-7 9.5-4-2-7-5-7-9.5V6zM9 11.5l2.2 2.2L15.5 9.5",
  load: () => import("./audit-page.tsx"),
};
