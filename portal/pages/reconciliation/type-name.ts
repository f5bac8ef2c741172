/** A kind of discrepancy, or a stage of matching, in the person's words; one that is newer than these pages by its own name. */
export function typeName(type: string, names: Readonly<Record<string, string>>): string {
  return (
    names[type] ??
    type
      .toLowerCase()
      .replaceAll("_", " ")
      .replace(/^./, (first) => first.toUpperCase())
  );
}
