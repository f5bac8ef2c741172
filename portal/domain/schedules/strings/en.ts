export const strings = {
  rhythm: "How often",
  rhythms: {
    DAILY: "Every day",
    WEEKLY: "Every Monday",
    MONTHLY: "On the first of the month",
    OTHER: "Another schedule",
  },
  at: "At",
  atTime: (rhythm: string, time: string) => `${rhythm} at ${time}`,
  cron: "Schedule",
  cronHint: "Minute, hour, day, month, weekday: 30 6 * * 1",
  timesOf: (zone: string) => `By the clock of ${zone}.`,
};
