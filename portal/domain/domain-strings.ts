import { catalogue } from "../language/catalogue.ts";

/** Words of the trade that more than one page uses. */
export const domainStrings = catalogue({
  en: () => import("./strings/en.ts"),
  fr: () => import("./strings/fr.ts"),
  nl: () => import("./strings/nl.ts"),
  de: () => import("./strings/de.ts"),
});
