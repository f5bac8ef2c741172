import type { Translation } from "../../../language/catalogue.ts";
import { plural } from "../../../language/plural.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  intro:
    "Personne ne sait avec certitude comment ces paiements se sont terminés. Regardez le ticket ou la banque, et dites ce qu’il en est.",
  waiting: (count) => plural("fr", count, { one: "# paiement attend", other: "# paiements attendent" }),
  money: "Montant en question",
  oldest: "Le plus ancien attend",
  empty: "Rien ne vous attend",
  emptyAdvice: "Ce qui n’est pas certain arrive ici de lui-même.",
  failed: "La file n’a pas pu être chargée",
  again: "Réessayer",
  more: "Afficher la suite",
  paid: "C’était payé",
  notPaid: "C’était un échec",
  details: "Détails",
  askPaid: "Dire que c’était payé",
  askFailed: "Dire que c’était un échec",
  reason: "Pourquoi",
  reasonHint: "Ce sera dans l’historique, avec votre nom.",
  reasonMissing: "Dites en quelques mots comment vous le savez.",
  save: "Attribuer le statut",
  cancel: "Annuler",
  close: "Fermer",
  assigned: (status) => `Statut attribué : ${status}.`,
  notDone: "Le statut n’a pas été attribué : le serveur n’a pas répondu. Réessayez.",
  keys: {
    next: "Paiement suivant",
    previous: "Paiement précédent",
    paid: "C’était payé",
    failed: "C’était un échec",
    open: "Détails",
    close: "Fermer le détail",
  },
};
