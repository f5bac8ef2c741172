import { type Language, LOCALES } from "./languages.ts";

/** Picks the form that the language has for a count, and writes the count as it writes numbers. */
export function plural(
  language: Language,
  count: number,
  forms: Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string },
): string {
  const form = forms[new Intl.PluralRules(LOCALES[language]).select(count)] ?? forms.other;
  return form.replace("#", new Intl.NumberFormat(LOCALES[language]).format(count));
}
