import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  title: "Erste Schritte",
  loading: "Es wird nachgesehen, was da ist",
  intro: "Noch ist nichts eingegangen. Beginnen Sie mit einem dieser Schritte; jeder hakt sich selbst ab.",
  begun: "Womit ein Händler beginnt; jeder Schritt hakt sich selbst ab.",
  done: "Erledigt:",
  toDo: "Zu tun:",
  samples: "Mit Beispieldaten umsehen",
  samplesText:
    "Ein Monat einer Bäckerei mit drei Läden. Sie ist ein eigener Händler und vermischt sich mit nichts von Ihnen.",
  load: "Den Beispielmonat laden",
  reading: "Wird gelesen und abgeglichen, etwa eine halbe Minute",
  look: "Ansehen",
  clear: "Die Beispieldaten löschen",
  cleared: "Die Beispieldaten sind gelöscht.",
  clearHint:
    "Der Beispielhändler wird für alle geschlossen, mit allem, was dort getan wurde. Er kann wieder geladen werden, wie er war.",
  file: "Eine Abrechnungsdatei bringen",
  fileText:
    "Von CCV Pay, einem Gutscheinaussteller, einem Acquirer oder Ihrer Bank. Sie sehen, was sie bewirkt, bevor sie übernommen wird.",
  bringFile: "Eine Datei bringen",
  deliver: "Einen Anbieter selbst liefern lassen",
  deliverText: "Mit dem Schlüssel einer Maschine, mit Webhooks oder mit Dateien im Eingangsordner.",
  makeKey: "Einen Schlüssel anlegen",
  addresses: "Adressen dafür",
  people: "Leute einladen",
  peopleText: "Jeder sieht die Teile des Portals und die Standorte, die Sie wählen.",
  invite: "Jemanden einladen",
  noMerchant:
    "Es gibt noch keinen Händler, zu dem jemand eingeladen werden kann: Laden Sie die Beispieldaten, oder legen Sie einen mit „concord ingest DATEI --merchant ID“ an.",
};
