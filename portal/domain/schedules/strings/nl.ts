import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  rhythm: "Hoe vaak",
  rhythms: { DAILY: "Elke dag", WEEKLY: "Elke maandag", MONTHLY: "Op de eerste van de maand", OTHER: "Ander schema" },
  at: "Om",
  atTime: (rhythm: string, time: string) => `${rhythm} om ${time}`,
  cron: "Schema",
  cronHint: "Minuut, uur, dag, maand, weekdag: 30 6 * * 1",
  timesOf: (zone: string) => `Volgens de klok van ${zone}.`,
  next: (moment) => `Volgende: ${moment}`,
  last: (moment) => `Laatste: ${moment}`,
  on: "Aan",
  off: "Gestopt",
  stop: "Stoppen",
  start: "Hervatten",
  change: "Wijzigen",
};
