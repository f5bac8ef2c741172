/** English is what the others are checked against. */
export const LANGUAGES = ["en", "fr", "nl", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** In their own words, as people look for them. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: "English",
  fr: "Français",
  nl: "Nederlands",
  de: "Deutsch",
};

/** Dates and numbers as they are written where the portal is used. */
export const LOCALES: Readonly<Record<Language, string>> = {
  en: "en-GB",
  fr: "fr-BE",
  nl: "nl-BE",
  de: "de-DE",
};

export function isLanguage(text: string): text is Language {
  return (LANGUAGES as readonly string[]).includes(text);
}
