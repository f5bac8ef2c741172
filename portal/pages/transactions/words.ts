import { useMemo } from "react";
import { domainStrings } from "../../domain/domain-strings.ts";
import { catalogue } from "../../language/catalogue.ts";
import { useStrings } from "../../language/language.tsx";

const transactionStrings = catalogue({
  en: () => import("./strings/en.ts"),
  fr: () => import("./strings/fr.ts"),
  nl: () => import("./strings/nl.ts"),
  de: () => import("./strings/de.ts"),
});

/** The page's own texts, and the words of the trade. */
export function useTransactionWords() {
  const own = useStrings(transactionStrings);
  const domain = useStrings(domainStrings);
  // The same object as long as the words are: what is drawn by it would else be another with each row that comes.
  return useMemo(() => ({ ...own, domain }), [own, domain]);
}

export type TransactionWords = ReturnType<typeof useTransactionWords>;
