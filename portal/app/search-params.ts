import { useCallback, useMemo } from "react";
import { navigate, useLocation } from "./location.ts";

/** How one value stands in the address. `undefined` is left out of it. */
type Param<T> = {
  readonly parse: (texts: readonly string[]) => T;
  readonly format: (value: T) => readonly string[];
};

/** What a page keeps in its address, by name. */
type Params = Readonly<
  Record<string, { readonly parse: Param<unknown>["parse"]; readonly format: Param<never>["format"] }>
>;
export type SearchOf<P> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

export const text: Param<string | undefined> = {
  parse: ([first]) => first || undefined,
  format: (value) => (value ? [value] : []),
};

export const texts: Param<readonly string[]> = { parse: (all) => all.filter(Boolean), format: (values) => values };

export function oneOf<const T extends string>(known: readonly T[]): Param<T | undefined> {
  return {
    parse: ([first]) => known.find((each) => each === first),
    format: (value) => (value === undefined ? [] : [value]),
  };
}

export function someOf<const T extends string>(known: readonly T[]): Param<readonly T[]> {
  return { parse: (all) => known.filter((each) => all.includes(each)), format: (values) => values };
}

/** What an address does not have, or has wrong, is as if it were not there. */
function parseSearch<P extends Params>(params: P, search: string): SearchOf<P> {
  const given = new URLSearchParams(search);
  const entries = Object.entries(params).map(([name, param]) => [name, param.parse(given.getAll(name))]);
  return Object.fromEntries(entries) as SearchOf<P>;
}

export function formatSearch<P extends Params>(params: P, values: Partial<SearchOf<P>>): string {
  const search = new URLSearchParams();
  for (const [name, param] of Object.entries(params)) {
    const value = values[name];
    if (value === undefined) continue;
    for (const item of param.format(value as never)) search.append(name, item);
  }
  const written = search.toString();
  return written === "" ? "" : `?${written}`;
}

/** What stands in the address, and a way to change some of it. */
export function useSearch<P extends Params>(params: P) {
  const { path, search } = useLocation();
  const values = useMemo(() => parseSearch(params, search), [params, search]);
  const change = useCallback(
    (next: Partial<SearchOf<P>>, options?: { readonly replace?: boolean }) => {
      const now = parseSearch(params, window.location.search);
      navigate(path + formatSearch(params, { ...now, ...next }), options);
    },
    [params, path],
  );
  return [values, change] as const;
}
