import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  intro: "Diese Seiten nutzen nur den öffentlichen Graphen: Was Sie hier sehen, können Ihre Programme abfragen.",
  endpoint: "Der Graph",
  files: "Abrechnungsdateien",
  health: "Wie es dem Server geht",
  explore: "Erkunden",
  graphiqlAs: (user) => `GraphiQL als ${user}`,
  token: "Ein Token für ein Skript",
  sample: "Eine Abfrage für den Anfang",
};
