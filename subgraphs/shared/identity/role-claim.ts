/** Where a token has the role that its issuer gives. */
export type RoleClaim = {
  /** The claim, and the way inside it: `["realm_access", "roles"]`. */
  readonly path: readonly string[];
  /** What each of the issuer's names is called here, in the order they count; without them names are taken as they are. */
  readonly names: readonly (readonly [theirs: string, ours: string])[] | undefined;
};

/** The role of a token: of several the first that counts; undefined where it has none that is known. */
export function roleOf(claims: Readonly<Record<string, unknown>>, { path, names }: RoleClaim): string | undefined {
  let found: unknown = claims;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[step];
  }
  const given = (Array.isArray(found) ? found : [found]).filter((name) => typeof name === "string" && name !== "");
  if (!names) return given[0] as string | undefined;
  return names.find(([theirs]) => given.includes(theirs))?.[1];
}
