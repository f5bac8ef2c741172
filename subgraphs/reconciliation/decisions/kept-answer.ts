/** An answer as JSON, to be given again as it was: amounts and times keep their kind. */
export function keepAnswer(answer: object): string {
  return JSON.stringify(answer, function (this: Readonly<Record<string, unknown>>, key, value: unknown) {
    // A date is text already by the time it is handed over.
    const original = this[key];
    if (typeof original === "bigint") return { [BIGINT]: String(original) };
    if (original instanceof Date) return { [DATE]: original.toISOString() };
    return value;
  });
}

/** @param kept as PostgreSQL gives it back from jsonb */
export function recallAnswer(kept: unknown): unknown {
  if (Array.isArray(kept)) return kept.map(recallAnswer);
  if (kept === null || typeof kept !== "object") return kept;
  const members = Object.entries(kept);
  const [[kind, text] = []] = members;
  if (members.length === 1 && kind === BIGINT) return BigInt(String(text));
  if (members.length === 1 && kind === DATE) return new Date(String(text));
  return Object.fromEntries(members.map(([name, member]) => [name, recallAnswer(member)]));
}

const BIGINT = "$bigint";
const DATE = "$date";
