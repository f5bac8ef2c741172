import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/first-steps",
  menu: "SETTLEMENTS",
  action: "UPLOAD",
  wholeMerchant: true,
  order: 890,
  title: { en: "First steps", fr: "Premiers pas", nl: "Eerste stappen", de: "Erste Schritte" },
  icon: "M6 21V4h11l-2 4 2 4H6",
  load: () => import("./first-steps-page.tsx"),
};
