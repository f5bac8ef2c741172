import { catalogue } from "../language/catalogue.ts";

/** What pages about people, places and machines have in common. */
export const accountsStrings = catalogue({
  en: () => import("./strings/en.ts"),
  fr: () => import("./strings/fr.ts"),
  nl: () => import("./strings/nl.ts"),
  de: () => import("./strings/de.ts"),
});
