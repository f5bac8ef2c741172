import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  invited: "Vous êtes invité",
  paste: "Rejoindre par une invitation",
  signedInAs: (name) => `Vous êtes connecté en tant que ${name}.`,
  link: "Lien de l’invitation",
  linkHint: "Collez ce que vous avez reçu.",
  join: "Rejoindre",
  joining: "Un instant…",
  other: "Se connecter autrement",
  welcome: "Bienvenue : vous en faites partie maintenant.",
};
