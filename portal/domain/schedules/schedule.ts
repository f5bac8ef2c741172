export const RHYTHMS = ["DAILY", "WEEKLY", "MONTHLY", "OTHER"] as const;
export type Rhythm = (typeof RHYTHMS)[number];

/** When something starts by itself, as people say it; what they do not is written as it is kept. */
export type Schedule = { readonly rhythm: Rhythm; readonly time: string; readonly cron: string };

const DAYS = { DAILY: "* * *", WEEKLY: "* * 1", MONTHLY: "1 * *" } as const;

export function cronOf({ rhythm, time, cron }: Schedule): string {
  if (rhythm === "OTHER") return cron.trim();
  const [hour = "6", minute = "0"] = time.split(":");
  return `${Number(minute)} ${Number(hour)} ${DAYS[rhythm]}`;
}

export function scheduleOf(cron: string): Schedule {
  const [, minute = "", hour = "", days] = /^(\d{1,2}) (\d{1,2}) (.+)$/.exec(cron) ?? [];
  const rhythm = RHYTHMS.find((each) => each !== "OTHER" && DAYS[each] === days) ?? "OTHER";
  return { rhythm, time: `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`, cron };
}
