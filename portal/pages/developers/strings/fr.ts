import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  intro: "Ces pages n’utilisent que le graphe public : ce que vous voyez ici, vos programmes peuvent le demander.",
  endpoint: "Le graphe",
  files: "Fichiers de règlement",
  health: "L’état du serveur",
  explore: "Explorer",
  graphiqlAs: (user) => `GraphiQL en tant que ${user}`,
  token: "Un jeton pour un script",
  sample: "Une requête pour commencer",
};
