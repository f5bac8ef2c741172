import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  title: "Eerste stappen",
  loading: "Kijken wat er is",
  intro: "Er is nog niets binnengekomen. Begin met een van deze stappen; elke vinkt zichzelf af.",
  begun: "Waarmee een handelaar begint; elke stap vinkt zichzelf af.",
  done: "Gedaan:",
  toDo: "Te doen:",
  samples: "Rondkijken met voorbeeldgegevens",
  samplesText:
    "Een maand van een bakkerij met drie winkels. Het is een aparte handelaar, die zich met niets van u mengt.",
  load: "De voorbeeldmaand laden",
  reading: "Wordt gelezen en afgestemd, ongeveer een halve minuut",
  look: "Bekijken",
  clear: "De voorbeeldgegevens wissen",
  cleared: "De voorbeeldgegevens zijn gewist.",
  clearHint:
    "De voorbeeldhandelaar wordt voor iedereen gesloten, met alles wat daar is gedaan. Hij kan opnieuw worden geladen zoals hij was.",
  file: "Een afrekeningsbestand brengen",
  fileText:
    "Van CCV Pay, een uitgever van cheques, een acquirer of uw bank. U ziet wat het zou doen voordat het wordt opgenomen.",
  bringFile: "Een bestand brengen",
  deliver: "Een provider zelf laten leveren",
  deliverText: "Met de sleutel van een machine, met webhooks, of met bestanden in de inboxmap.",
  makeKey: "Een sleutel maken",
  addresses: "Adressen daarvoor",
  people: "Mensen uitnodigen",
  peopleText: "Ieder ziet de delen van het portaal en de locaties die u kiest.",
  invite: "Iemand uitnodigen",
  noMerchant:
    "Er is nog geen handelaar om iemand bij uit te nodigen: laad de voorbeeldgegevens, of maak er een met “concord ingest BESTAND --merchant ID”.",
};
