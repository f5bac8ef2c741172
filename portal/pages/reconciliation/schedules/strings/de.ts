import type { Translation } from "../../../../language/catalogue.ts";
import { plural } from "../../../../language/plural.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  loading: "Lädt",
  title: "Abgleiche, die von selbst beginnen",
  none: "Keiner: ein Abgleich beginnt, wenn eine Datei kommt oder jemand ihn startet.",
  newSchedule: "Neuer Zeitplan",
  changeSchedule: "Zeitplan ändern",
  allSet: "Für jeden Anbieter gibt es schon einen: ändern Sie diesen.",
  provider: "Anbieter",
  allProviders: "Alle Anbieter",
  days: "Tage zurück",
  daysHint: "Leer: wie alt auch immer.",
  daysBack: (days) => plural("de", days, { one: "# Tag zurück", other: "# Tage zurück" }),
  saved: "Gespeichert",
  notDone: "Es ist nicht geschehen. Versuchen Sie es noch einmal.",
};
