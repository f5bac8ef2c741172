import { createContext, type ReactNode, startTransition, use, useCallback, useMemo, useState } from "react";
import type { Catalogue } from "./catalogue.ts";
import { createFormats, type Formats } from "./formats.ts";
import { isLanguage, LANGUAGES, type Language } from "./languages.ts";

type Speech = { readonly language: Language; readonly speak: (language: Language) => void };

const SpeechContext = createContext<Speech>({ language: "en", speak: () => undefined });
const ZoneContext = createContext("Europe/Brussels");

const KEPT = "concord.language";

/** What the person chose before, else what their browser asks for. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(KEPT) ?? "", ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.find(isLanguage) ?? LANGUAGES[0];
}

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(preferredLanguage);
  const speak = useCallback((next: Language) => {
    localStorage.setItem(KEPT, next);
    document.documentElement.lang = next;
    // What is shown stays until the texts are there.
    startTransition(() => setLanguage(next));
  }, []);
  const speech = useMemo(() => ({ language, speak }), [language, speak]);
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

/** @param zone where the days of what is shown begin and end, an IANA name */
export function ZoneProvider({ zone, children }: { readonly zone: string; readonly children: ReactNode }) {
  return <ZoneContext value={zone}>{children}</ZoneContext>;
}

export function useSpeech(): Speech {
  return use(SpeechContext);
}

export function useZone(): string {
  return use(ZoneContext);
}

/** The texts of a part in the person's language; waits for them where they are not loaded. */
export function useStrings<M>(texts: Catalogue<M>): M {
  return use(texts.load(useSpeech().language));
}

export function useFormats(): Formats {
  const { language } = useSpeech();
  const zone = useZone();
  return useMemo(() => createFormats(language, zone), [language, zone]);
}
