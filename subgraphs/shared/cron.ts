import { CronExpressionParser } from "cron-parser";
import { AppError } from "./errors.ts";

/**
 * The first time after `after` that a cron of five fields names by the clock of `zone`. A time that the clock skips is
 * moved to the end of the gap, and one that it shows twice is taken once.
 * @throws AppError INVALID_INPUT for a cron that is none, has other than five fields, or names no time
 */
export function nextDue(cron: string, zone: string, after: Date): Date {
  if (cron.trim().split(/\s+/).length !== 5 || cron.length > 100) {
    throw notCron(cron, "give minute, hour, day of the month, month and day of the week, such as `30 6 * * 1-5`");
  }
  try {
    return CronExpressionParser.parse(cron, { currentDate: after, tz: zone }).next().toDate();
  } catch (cause) {
    throw notCron(cron, cause instanceof Error ? cause.message : "it names no time", cause);
  }
}

/** The last time up to `at`, and with it, that such a cron names. Throws as `nextDue`. */
export function lastDue(cron: string, zone: string, at: Date): Date {
  try {
    return CronExpressionParser.parse(cron, { currentDate: new Date(at.getTime() + 1), tz: zone })
      .prev()
      .toDate();
  } catch (cause) {
    throw notCron(cron, cause instanceof Error ? cause.message : "it names no time", cause);
  }
}

function notCron(cron: string, why: string, cause?: unknown): AppError {
  return new AppError("INVALID_INPUT", `"${cron.slice(0, 100)}" is no schedule: ${why}.`, { cause });
}
