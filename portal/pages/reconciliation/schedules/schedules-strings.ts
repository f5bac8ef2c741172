import { catalogue } from "../../../language/catalogue.ts";

export const schedulesStrings = catalogue({
  en: () => import("./strings/en.ts"),
  fr: () => import("./strings/fr.ts"),
  nl: () => import("./strings/nl.ts"),
  de: () => import("./strings/de.ts"),
});
