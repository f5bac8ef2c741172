import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  invited: "Sie sind eingeladen",
  paste: "Mit einer Einladung beitreten",
  signedInAs: (name) => `Sie sind angemeldet als ${name}.`,
  link: "Link der Einladung",
  linkHint: "Fügen Sie ein, was Ihnen gesendet wurde.",
  join: "Beitreten",
  joining: "Einen Moment…",
  other: "Als jemand anderes anmelden",
  welcome: "Willkommen: Sie gehören jetzt dazu.",
};
