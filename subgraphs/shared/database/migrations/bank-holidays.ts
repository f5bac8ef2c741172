/** Days of the week, from the first year to the last, on which TARGET and with it every bank of the euro area is closed. */
export function bankHolidays(first: number, last: number): readonly string[] {
  const years = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return years.flatMap(holidaysOf).filter(isWeekday).map(toText);
}

/** Closing days of TARGET since 2002: they follow Easter, and no country's own calendar. */
function holidaysOf(year: number): readonly Date[] {
  const easter = easterOf(year);
  const fixed = (month: number, day: number) => new Date(Date.UTC(year, month - 1, day));
  return [fixed(1, 1), after(easter, -2), after(easter, 1), fixed(5, 1), fixed(12, 25), fixed(12, 26)].sort(
    (a, b) => a.getTime() - b.getTime(),
  );
}

/** The Gregorian Easter (Meeus, Jones and Butcher). */
function easterOf(year: number): Date {
  const century = Math.floor(year / 100);
  const shift = century - Math.floor((century + 8) / 25) + 1;
  const golden = year % 19;
  const epact = (19 * golden + century - Math.floor(century / 4) - Math.floor(shift / 3) + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor((year % 100) / 4) - epact - (year % 4)) % 7;
  const correction = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const days = epact + weekday - 7 * correction + 114;
  return new Date(Date.UTC(year, Math.floor(days / 31) - 1, (days % 31) + 1));
}

const DAY_MS = 86_400_000;

function after(day: Date, days: number): Date {
  return new Date(day.getTime() + days * DAY_MS);
}

function isWeekday(day: Date): boolean {
  return day.getUTCDay() % 6 !== 0;
}

function toText(day: Date): string {
  return day.toISOString().slice(0, 10);
}
