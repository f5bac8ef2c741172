/** What a clock at the sample merchant shows, to the second, as addresses have it. */
export function wallTime(at: Date): string {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Europe/Brussels",
    dateStyle: "short",
    timeStyle: "medium",
  });
  return format.format(at).replace(" ", "T");
}
