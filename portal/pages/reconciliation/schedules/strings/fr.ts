import type { Translation } from "../../../../language/catalogue.ts";
import { plural } from "../../../../language/plural.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  loading: "Chargement",
  title: "Rapprochements automatiques",
  none: "Aucun : un rapprochement commence quand un fichier arrive ou que quelqu’un le demande.",
  newSchedule: "Nouvel horaire",
  changeSchedule: "Modifier l’horaire",
  allSet: "Chaque prestataire a déjà le sien : modifiez-le.",
  provider: "Prestataire",
  allProviders: "Tous les prestataires",
  days: "Jours en arrière",
  daysHint: "Vide : sans limite.",
  daysBack: (days) => plural("fr", days, { one: "# jour en arrière", other: "# jours en arrière" }),
  saved: "Enregistré",
  notDone: "Cela n’a pas été fait. Réessayez.",
};
