import type { Translation } from "../../../../language/catalogue.ts";
import { plural } from "../../../../language/plural.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  loading: "Laden",
  title: "Afstemmingen die vanzelf starten",
  none: "Geen: een afstemming start als een bestand komt of iemand erom vraagt.",
  newSchedule: "Nieuw schema",
  changeSchedule: "Schema wijzigen",
  allSet: "Voor elke aanbieder is er al een: wijzig dat.",
  provider: "Aanbieder",
  allProviders: "Alle aanbieders",
  days: "Dagen terug",
  daysHint: "Leeg: hoe oud ook.",
  daysBack: (days) => plural("nl", days, { one: "# dag terug", other: "# dagen terug" }),
  saved: "Bewaard",
  notDone: "Het is niet gebeurd. Probeer het opnieuw.",
};
