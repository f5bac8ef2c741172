const dayTexts = new Map<number, string>();
const MOST_DAYS = 4_000;
const DAY_MS = 86_400_000;

/** The day that many days after 1 January 1970, YYYY-MM-DD. Rows of a file are of few days, so each is written once. */
export function dayText(day: number): string {
  const known = dayTexts.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * DAY_MS).toISOString().slice(0, 10);
  if (dayTexts.size >= MOST_DAYS) dayTexts.clear();
  dayTexts.set(day, text);
  return text;
}
