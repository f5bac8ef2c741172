import { useStrings } from "../../language/language.tsx";
import { scheduleOf } from "./schedule.ts";
import { scheduleStrings } from "./schedule-strings.ts";

/** A schedule as it is kept, in the person's language. */
export function useScheduleText(): (cron: string) => string {
  const t = useStrings(scheduleStrings);
  return (cron) => {
    const { rhythm, time } = scheduleOf(cron);
    return rhythm === "OTHER" ? cron : t.atTime(t.rhythms[rhythm], time);
  };
}
