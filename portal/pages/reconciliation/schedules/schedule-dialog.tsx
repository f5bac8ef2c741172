import { useState } from "react";
import { FormDialog } from "../../../accounts/form-dialog.tsx";
import { MerchantField } from "../../../accounts/merchant-field.tsx";
import { SelectField, TextField } from "../../../design/field.tsx";
import { tell } from "../../../design/toast.tsx";
import { providerName } from "../../../domain/method-name.ts";
import { cronOf, scheduleOf } from "../../../domain/schedules/schedule.ts";
import { ScheduleFields } from "../../../domain/schedules/schedule-fields.tsx";
import {
  ScheduleProvidersDocument,
  type ScheduleRowFragment,
} from "../../../generated/pages/reconciliation/schedules/schedules.ts";
import { useGraph } from "../../../graph/use-graph.ts";
import { useStrings, useZone } from "../../../language/language.tsx";
import { schedulesStrings } from "./schedules-strings.ts";
import { useSetSchedule } from "./use-set-schedule.ts";

type ScheduleDialogProps = {
  /** The one to change; a new one without it. */
  readonly schedule: ScheduleRowFragment | undefined;
  /** Those that a new one can be for. */
  readonly merchants: readonly { readonly id: string; readonly name: string }[];
  /** All there are: a merchant has one for all providers and one for each. */
  readonly others: readonly ScheduleRowFragment[];
  readonly onClose: () => void;
  readonly onSaved: () => void;
};

/** Stands for all providers in a choice, whose values are texts. */
const ALL = "";

export function ScheduleDialog({ schedule, merchants, others, onClose, onSaved }: ScheduleDialogProps) {
  const t = useStrings(schedulesStrings);
  const usualZone = useZone();
  const zone = schedule?.zone ?? usualZone;
  const [merchantId, setMerchantId] = useState(schedule?.merchantId ?? merchants[0]?.id ?? "");
  const { data, fetching: asking } = useGraph(
    ScheduleProvidersDocument,
    { merchantId },
    { pause: schedule !== undefined },
  );
  const [chosen, setProvider] = useState<string>();
  const [time, setTime] = useState(() => scheduleOf(schedule?.cron ?? "0 6 * * *"));
  const [days, setDays] = useState(schedule?.days?.toString() ?? "");
  const { fetching, set } = useSetSchedule();
  const taken = new Set(others.filter((each) => each.merchantId === merchantId).map(({ provider }) => provider ?? ALL));
  const free = [ALL, ...(data?.providerHealth ?? []).map(({ provider }) => provider)].filter(
    (each) => !taken.has(each),
  );
  const provider = schedule ? (schedule.provider ?? ALL) : (free.find((each) => each === chosen) ?? free[0]);
  const nameOf = (each: string) => (each === ALL ? t.allProviders : providerName(each));
  const save = async () => {
    if (provider === undefined) return t.allSet;
    const failure = await set({
      merchantId,
      provider: provider === ALL ? null : provider,
      cron: cronOf(time),
      zone,
      days: days === "" ? null : Number(days),
      enabled: schedule?.enabled ?? true,
    });
    if (failure) return failure;
    tell(t.saved);
    onSaved();
    return undefined;
  };
  return (
    <FormDialog
      title={schedule ? t.changeSchedule : t.newSchedule}
      isBusy={fetching || (!schedule && asking)}
      onClose={onClose}
      onSave={save}
    >
      {!schedule && <MerchantField merchants={merchants} merchantId={merchantId} onChange={setMerchantId} />}
      {schedule ? (
        <p>
          <strong>{nameOf(provider ?? ALL)}</strong>
        </p>
      ) : (
        <SelectField label={t.provider} value={provider} onChange={({ target: { value } }) => setProvider(value)}>
          {free.map((each) => (
            <option key={each} value={each}>
              {nameOf(each)}
            </option>
          ))}
        </SelectField>
      )}
      <ScheduleFields schedule={time} zone={zone} onChange={setTime} />
      <TextField
        label={t.days}
        hint={t.daysHint}
        type="number"
        min={1}
        max={3_650}
        value={days}
        onChange={({ target: { value } }) => setDays(value)}
      />
    </FormDialog>
  );
}
