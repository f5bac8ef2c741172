import { SelectField, TextField } from "../../design/field.tsx";
import { useStrings } from "../../language/language.tsx";
import { RHYTHMS, type Schedule } from "./schedule.ts";
import { scheduleStrings } from "./schedule-strings.ts";

type ScheduleFieldsProps = {
  readonly schedule: Schedule;
  /** The zone whose clock is meant. */
  readonly zone: string;
  readonly onChange: (schedule: Schedule) => void;
};

/** How often, and at what time. */
export function ScheduleFields({ schedule, zone, onChange }: ScheduleFieldsProps) {
  const t = useStrings(scheduleStrings);
  return (
    <div className="schedule">
      <SelectField
        label={t.rhythm}
        value={schedule.rhythm}
        onChange={({ target: { value } }) =>
          onChange({ ...schedule, rhythm: RHYTHMS.find((each) => each === value) ?? "DAILY" })
        }
      >
        {RHYTHMS.map((each) => (
          <option key={each} value={each}>
            {t.rhythms[each]}
          </option>
        ))}
      </SelectField>
      {schedule.rhythm === "OTHER" ? (
        <TextField
          label={t.cron}
          hint={`${t.cronHint}. ${t.timesOf(zone)}`}
          required
          value={schedule.cron}
          onChange={({ target: { value } }) => onChange({ ...schedule, cron: value })}
        />
      ) : (
        <TextField
          label={t.at}
          type="time"
          required
          hint={t.timesOf(zone)}
          value={schedule.time}
          onChange={({ target: { value } }) => onChange({ ...schedule, time: value })}
        />
      )}
    </div>
  );
}
