/** One thing that an entry tells; `before` is there where something was set anew. */
export type Detail = { readonly name: string; readonly before?: string; readonly value: string };

/** What an entry tells, one line each; of what was before and after only what differs. */
export function detailsOf(detail: string): readonly Detail[] {
  const told = parsed(detail);
  if (!isRecord(told)) return [];
  const { before, after, ...others } = told;
  const rest = Object.entries(others).filter(([, value]) => value !== null);
  const plain = rest.map(([name, value]) => ({ name, value: written(value) }));
  if (isRecord(after)) return [...changesOf(isRecord(before) ? before : {}, after), ...plain];
  if (before === null || before === undefined) return plain;
  return [...plain, { name: "before", value: written(before) }];
}

function changesOf(before: Told, after: Told): readonly Detail[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => name !== "__typename");
  return names
    .map((name) => ({ name, before: written(before[name]), value: written(after[name]) }))
    .filter((each) => each.before !== each.value);
}

type Told = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Told {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function written(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value)) return value.length === 0 ? "–" : value.map(written).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
