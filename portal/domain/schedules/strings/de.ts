import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  rhythm: "Wie oft",
  rhythms: { DAILY: "Jeden Tag", WEEKLY: "Jeden Montag", MONTHLY: "Am Monatsersten", OTHER: "Anderer Zeitplan" },
  at: "Um",
  atTime: (rhythm: string, time: string) => `${rhythm} um ${time}`,
  cron: "Zeitplan",
  cronHint: "Minute, Stunde, Tag, Monat, Wochentag: 30 6 * * 1",
  timesOf: (zone: string) => `Nach der Uhr von ${zone}.`,
  next: (moment) => `Nächster: ${moment}`,
  last: (moment) => `Letzter: ${moment}`,
  on: "Aktiv",
  off: "Angehalten",
  stop: "Anhalten",
  start: "Fortsetzen",
  change: "Ändern",
};
