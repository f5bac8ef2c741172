import { useState } from "react";
import { Unanswered } from "../../../app/unanswered.tsx";
import { Badge } from "../../../design/badge.tsx";
import { Button } from "../../../design/button.tsx";
import { ICONS } from "../../../design/icon.tsx";
import { Spinner } from "../../../design/progress.tsx";
import { tell } from "../../../design/toast.tsx";
import { providerName } from "../../../domain/method-name.ts";
import { scheduleStrings } from "../../../domain/schedules/schedule-strings.ts";
import { useScheduleText } from "../../../domain/schedules/use-schedule-text.ts";
import {
  type ScheduleRowFragment,
  SchedulesDocument,
} from "../../../generated/pages/reconciliation/schedules/schedules.ts";
import { useGraph } from "../../../graph/use-graph.ts";
import { useMerchantsWith, useViewer } from "../../../graph/viewer.tsx";
import { createFormats } from "../../../language/formats.ts";
import { useSpeech, useStrings } from "../../../language/language.tsx";
import { ScheduleDialog } from "./schedule-dialog.tsx";
import { schedulesStrings } from "./schedules-strings.ts";
import { useSetSchedule } from "./use-set-schedule.ts";

/** When runs start by themselves: for all providers of a merchant, and for single ones. */
export function SchedulesPanel() {
  const t = useStrings(schedulesStrings);
  const merchants = useMerchantsWith("RECONCILIATION", "RECONCILE");
  const { data, error, fetching, reload } = useGraph(SchedulesDocument, {});
  const [edited, setEdited] = useState<ScheduleRowFragment | "new">();
  const schedules = data?.reconciliationSchedules;
  return (
    <section className="panel schedules" aria-label={t.title} aria-busy={fetching}>
      <div className="schedules__head">
        <h2>{t.title}</h2>
        {schedules && merchants.length > 0 && (
          <Button icon={ICONS.calendar} onClick={() => setEdited("new")}>
            {t.newSchedule}
          </Button>
        )}
      </div>
      {!schedules && (fetching ? <Spinner label={t.loading} /> : <Unanswered error={error} onAgain={reload} />)}
      {schedules?.length === 0 && <p className="soft">{t.none}</p>}
      {schedules && schedules.length > 0 && (
        <ul>
          {schedules.map((schedule) => (
            <ScheduleItem
              key={schedule.id}
              schedule={schedule}
              isOurs={merchants.some(({ id }) => id === schedule.merchantId)}
              onChange={() => setEdited(schedule)}
              onSaved={reload}
            />
          ))}
        </ul>
      )}
      {edited && schedules && (
        <ScheduleDialog
          schedule={edited === "new" ? undefined : edited}
          merchants={merchants}
          others={schedules}
          onClose={() => setEdited(undefined)}
          onSaved={() => {
            setEdited(undefined);
            reload();
          }}
        />
      )}
    </section>
  );
}

type ScheduleItemProps = {
  readonly schedule: ScheduleRowFragment;
  /** Whether the person may start runs of its merchant. */
  readonly isOurs: boolean;
  readonly onChange: () => void;
  readonly onSaved: () => void;
};

function ScheduleItem({ schedule, isOurs, onChange, onSaved }: ScheduleItemProps) {
  const t = useStrings(schedulesStrings);
  const words = useStrings(scheduleStrings);
  const scheduleText = useScheduleText();
  const { merchants } = useViewer();
  const { moment } = createFormats(useSpeech().language, schedule.zone);
  const { fetching, set } = useSetSchedule();
  const { merchantId, provider, cron, zone, days, enabled, nextDue, lastDue } = schedule;
  const ofProvider = provider === null ? t.allProviders : providerName(provider);
  const merchant = merchants?.find(({ id }) => id === merchantId)?.name;
  const name = merchant && merchants && merchants.length > 1 ? `${merchant}, ${ofProvider}` : ofProvider;
  const turn = async () => {
    const problem = await set({ merchantId, provider, cron, zone, days, enabled: !enabled });
    if (problem) return tell(problem, { isBad: true });
    onSaved();
  };
  return (
    <li className="schedules__item">
      <div className="schedules__what">
        <strong>{name}</strong>
        <Badge tone={enabled ? "good" : "plain"}>{enabled ? words.on : words.off}</Badge>
        <span>{scheduleText(cron)}</span>
        {days !== null && <span className="soft">{t.daysBack(days)}</span>}
        {nextDue && <span className="soft">{words.next(moment(nextDue))}</span>}
        {lastDue && <span className="soft">{words.last(moment(lastDue))}</span>}
      </div>
      {isOurs && (
        <div className="schedules__acts">
          <Button
            disabled={fetching}
            aria-label={`${enabled ? words.stop : words.start}: ${name}`}
            onClick={() => void turn()}
          >
            {enabled ? words.stop : words.start}
          </Button>
          <Button aria-label={`${words.change}: ${name}`} onClick={onChange}>
            {words.change}
          </Button>
        </div>
      )}
    </li>
  );
}
