import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  title: "Premiers pas",
  loading: "Nous regardons ce qu’il y a",
  intro: "Rien n’est encore arrivé. Commencez par l’une de ces étapes ; chacune se coche d’elle-même.",
  begun: "Ce par quoi un commerçant commence ; chaque étape se coche d’elle-même.",
  done: "Fait :",
  toDo: "À faire :",
  samples: "Découvrir avec des données d’exemple",
  samplesText:
    "Un mois d’une boulangerie à trois magasins. C’est un commerçant à part, qui ne se mêle à rien de vôtre.",
  load: "Charger le mois d’exemple",
  reading: "Lecture et rapprochement, une demi-minute environ",
  look: "Le regarder",
  clear: "Effacer les données d’exemple",
  cleared: "Les données d’exemple sont effacées.",
  clearHint:
    "Le commerçant d’exemple est fermé à tous, avec tout ce qui y a été fait. Il peut être rechargé tel qu’il était.",
  file: "Apporter un fichier de règlement",
  fileText:
    "De CCV Pay, d’un émetteur de chèques, d’un acquéreur ou de votre banque. Vous voyez son effet avant qu’il soit pris.",
  bringFile: "Apporter un fichier",
  deliver: "Laisser un prestataire livrer lui-même",
  deliverText: "Par la clé d’une machine, par ses webhooks, ou par des fichiers mis dans le dossier d’entrée.",
  makeKey: "Créer une clé",
  addresses: "Les adresses",
  people: "Inviter des personnes",
  peopleText: "Chacune voit les parties du portail et les lieux que vous choisissez.",
  invite: "Inviter quelqu’un",
  noMerchant:
    "Il n’y a pas encore de commerçant où inviter : chargez les données d’exemple, ou créez-en un avec « concord ingest FICHIER --merchant ID ».",
};
