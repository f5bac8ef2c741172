import type { Translation } from "../../../language/catalogue.ts";
import { plural } from "../../../language/plural.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  intro:
    "Niemand weiß sicher, wie diese ausgingen. Sehen Sie auf dem Beleg oder bei der Bank nach und sagen Sie, was daraus wurde.",
  waiting: (count) => plural("de", count, { one: "# Zahlung wartet", other: "# Zahlungen warten" }),
  money: "Betrag, um den es geht",
  oldest: "Wartet am längsten",
  empty: "Nichts wartet auf Sie",
  emptyAdvice: "Was nicht sicher ist, kommt von selbst hierher.",
  failed: "Die Warteschlange konnte nicht geladen werden",
  again: "Erneut versuchen",
  more: "Mehr zeigen",
  paid: "Sie wurde bezahlt",
  notPaid: "Sie ist fehlgeschlagen",
  details: "Einzelheiten",
  askPaid: "Sagen, dass sie bezahlt wurde",
  askFailed: "Sagen, dass sie fehlgeschlagen ist",
  reason: "Warum",
  reasonHint: "Es steht im Verlauf, mit Ihrem Namen.",
  reasonMissing: "Sagen Sie in wenigen Worten, woher Sie es wissen.",
  save: "Den Status vergeben",
  cancel: "Abbrechen",
  close: "Schließen",
  assigned: (status) => `Status vergeben: ${status}.`,
  notDone: "Der Status wurde nicht vergeben: Der Server hat nicht geantwortet. Versuchen Sie es erneut.",
  keys: {
    next: "Nächste Zahlung",
    previous: "Vorige Zahlung",
    paid: "Sie wurde bezahlt",
    failed: "Sie ist fehlgeschlagen",
    open: "Einzelheiten",
    close: "Einzelheiten schließen",
  },
};
