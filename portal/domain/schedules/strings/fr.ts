import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  rhythm: "Fréquence",
  rhythms: { DAILY: "Chaque jour", WEEKLY: "Chaque lundi", MONTHLY: "Le premier du mois", OTHER: "Autre horaire" },
  at: "À",
  atTime: (rhythm: string, time: string) => `${rhythm} à ${time}`,
  cron: "Horaire",
  cronHint: "Minute, heure, jour, mois, jour de semaine : 30 6 * * 1",
  timesOf: (zone: string) => `À l'heure de ${zone}.`,
  next: (moment) => `Prochain : ${moment}`,
  last: (moment) => `Dernier : ${moment}`,
  on: "Actif",
  off: "Arrêté",
  stop: "Arrêter",
  start: "Reprendre",
  change: "Modifier",
};
