type Group = { readonly id: string; readonly name: string; readonly isBuiltIn: boolean };

/** A group in the person's words, where it is one that everybody has. */
export function groupName({ id, name, isBuiltIn }: Group, names: Readonly<Record<string, string>>): string {
  return isBuiltIn ? (names[id] ?? name) : name;
}
