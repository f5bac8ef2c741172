import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  intro: "Deze pagina’s gebruiken alleen de publieke graaf: wat u hier ziet, kunnen uw programma’s opvragen.",
  endpoint: "De graaf",
  files: "Afrekeningsbestanden",
  health: "Hoe het met de server gaat",
  explore: "Verkennen",
  graphiqlAs: (user) => `GraphiQL als ${user}`,
  token: "Een token voor een script",
  sample: "Een query om mee te beginnen",
};
