import type { Page } from "../../app/page.ts";

export const page: Page = {
  path: "/reconciliation",
  menu: "RECONCILIATION",
  order: 40,
  title: { en: "Reconciliation", fr: "Rapprochement", nl: "Afstemming", de: "Abgleich" },
  icon: "M4 8h12M12 4l4 4-4 4M20 16H8M12 12l-4 4 4 4",
  load: () => import("./reconciliation-page.tsx"),
};
