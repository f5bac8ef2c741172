import type { Translation } from "../../../language/catalogue.ts";

export const strings: Translation<typeof import("./en.ts").strings> = {
  invited: "U bent uitgenodigd",
  paste: "Toetreden met een uitnodiging",
  signedInAs: (name) => `U bent aangemeld als ${name}.`,
  link: "Link van de uitnodiging",
  linkHint: "Plak wat u is toegestuurd.",
  join: "Toetreden",
  joining: "Een ogenblik…",
  other: "Als iemand anders aanmelden",
  welcome: "Welkom: u hoort er nu bij.",
};
