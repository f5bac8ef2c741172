/** A moment as a clock on a wall shows it, `2026-03-29T02:30`. */
export type WallTime = string;

/**
 * The instant at which clocks of a zone show this. What clocks skip in spring is taken for as much later; of the hour that
 * they show twice in autumn, the first.
 */
export function instantOf(wall: WallTime, zone: string): Date {
  const utc = Date.parse(`${wall.length === 10 ? `${wall}T00:00` : wall}Z`);
  const before = utc - offsetAt(utc - DAY_MS, zone);
  const after = utc - offsetAt(utc + DAY_MS, zone);
  const fits = [before, after].filter((each) => each + offsetAt(each, zone) === utc);
  return new Date(fits.length > 0 ? Math.min(...fits) : before);
}

const DAY_MS = 86_400_000;

/** How far clocks of the zone are ahead of UTC, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  const shown = partsAt(new Date(instant), zone);
  return Date.parse(`${shown}Z`) - Math.floor(instant / 1_000) * 1_000;
}

function partsAt(instant: Date, zone: string): string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  return format.format(instant).replace(" ", "T");
}

/** The calendar day in a zone, `YYYY-MM-DD`. */
export function dayAt(instant: Date, zone: string): string {
  return partsAt(instant, zone).slice(0, 10);
}

/** What a clock in the zone shows, to the minute. */
export function wallTimeAt(instant: Date, zone: string): WallTime {
  return partsAt(instant, zone).slice(0, 16);
}
