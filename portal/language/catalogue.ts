import type { Language } from "./languages.ts";
import { loadOnce } from "./load-once.ts";

type Message = string | ((...values: never[]) => string);
export type Messages = { readonly [key: string]: Message | Messages };

/** The same keys as the English texts, each with the same values: one that is missing, or is one too many, does not compile. */
export type Translation<M> = {
  readonly [K in keyof M]: M[K] extends string
    ? string
    : M[K] extends (...values: infer V) => string
      ? (...values: V) => string
      : Translation<M[K]>;
};

/** Texts of one part of the portal, of which a browser loads one language. */
export type Catalogue<M> = { readonly load: (language: Language) => Promise<M> };

type Loaders<M> = { readonly en: () => Promise<{ readonly strings: M }> } & Readonly<
  Record<Exclude<Language, "en">, () => Promise<{ readonly strings: Translation<M> }>>
>;

let ahead: Language | undefined;
const known: ((language: Language) => Promise<unknown>)[] = [];
const onTheirWay: Promise<unknown>[] = [];

/**
 * The texts of every part are loaded when it is, and not only when it has something to say: what is shown already would
 * have to go from the screen while they come.
 */
export function loadTextsAhead(language: Language): void {
  ahead = language;
  for (const load of known.splice(0)) onTheirWay.push(load(language));
}

/** Ends when the texts that were loaded ahead are there. What did not come is asked for again by whoever shows it. */
export async function textsLoadedAhead(): Promise<void> {
  await Promise.allSettled(onTheirWay.splice(0));
}

export function catalogue<M extends Messages>(loaders: Loaders<M>): Catalogue<M> {
  const loads = new Map<Language, () => Promise<M>>();
  const load = (language: Language) => {
    // A translation takes and gives what the English does, which the types above have checked.
    const known = loads.get(language) ?? loadOnce(() => loaders[language]().then(({ strings }) => strings as M));
    loads.set(language, known);
    return known();
  };
  if (ahead) onTheirWay.push(load(ahead));
  else known.push(load);
  return { load };
}
