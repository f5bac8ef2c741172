import { useState } from "react";
import { Unanswered } from "../../app/unanswered.tsx";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { tell } from "../../design/toast.tsx";
import { scheduleStrings } from "../../domain/schedules/schedule-strings.ts";
import { useScheduleText } from "../../domain/schedules/use-schedule-text.ts";
import { type ReportRowFragment, ReportsDocument } from "../../generated/pages/exports/reports.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { createFormats } from "../../language/formats.ts";
import { useSpeech, useStrings } from "../../language/language.tsx";
import { exportsStrings } from "./exports-strings.ts";
import { ReportDialog } from "./report-dialog.tsx";
import { useSaveReport } from "./use-save-report.ts";

/** Exports that make themselves. */
export function ReportList() {
  const t = useStrings(exportsStrings);
  const { data, error, fetching, reload } = useGraph(ReportsDocument, {});
  const [edited, setEdited] = useState<ReportRowFragment | "new">();
  const reports = data?.reports;
  return (
    <>
      <div className="exports__bar">
        <Button look="primary" icon={ICONS.calendar} onClick={() => setEdited("new")}>
          {t.newReport}
        </Button>
      </div>
      {!reports && fetching && <Spinner label={t.loading} />}
      {!reports && !fetching && <Unanswered error={error} onAgain={reload} />}
      {reports?.length === 0 && (
        <EmptyState icon={ICONS.calendar} title={t.noReports}>
          <p>{t.noReportsAdvice}</p>
        </EmptyState>
      )}
      {reports && reports.length > 0 && (
        <ul className="panel exports__list" aria-busy={fetching}>
          {reports.map((report) => (
            <ReportItem key={report.id} report={report} onChange={() => setEdited(report)} onSaved={reload} />
          ))}
        </ul>
      )}
      {edited && (
        <ReportDialog
          report={edited === "new" ? undefined : edited}
          onClose={() => setEdited(undefined)}
          onSaved={() => {
            setEdited(undefined);
            reload();
          }}
        />
      )}
    </>
  );
}

type ReportItemProps = {
  readonly report: ReportRowFragment;
  readonly onChange: () => void;
  readonly onSaved: () => void;
};

function ReportItem({ report, onChange, onSaved }: ReportItemProps) {
  const t = useStrings(exportsStrings);
  const { language } = useSpeech();
  const { moment } = createFormats(language, report.zone);
  const { fetching, saveAgain } = useSaveReport();
  const words = useStrings(scheduleStrings);
  const scheduleText = useScheduleText();
  const turn = async () => {
    const problem = await saveAgain(report, { enabled: !report.enabled });
    if (problem) return tell(problem, { isBad: true });
    onSaved();
  };
  return (
    <li className="exports__item">
      <div className="exports__what">
        <strong className="exports__name">{report.name}</strong>
        <Badge tone={report.enabled ? "good" : "plain"}>{report.enabled ? words.on : words.off}</Badge>
      </div>
      <p className="exports__facts soft">
        <span>{scheduleText(report.cron)}</span>
        <span>{t.periods[report.period]}</span>
        <span>{t.formats[report.format]}</span>
        <span>{report.url ?? t.targets[report.target]}</span>
        {report.nextDue && <span>{words.next(moment(report.nextDue))}</span>}
        {report.lastDue && <span>{words.last(moment(report.lastDue))}</span>}
      </p>
      {report.signingKey && (
        <p className="exports__sha">
          <span className="soft">{t.signingKey}</span> <code>{report.signingKey}</code>
        </p>
      )}
      <div className="exports__acts">
        <Button
          disabled={fetching}
          aria-label={`${report.enabled ? words.stop : words.start}: ${report.name}`}
          onClick={() => void turn()}
        >
          {report.enabled ? words.stop : words.start}
        </Button>
        <Button aria-label={`${words.change}: ${report.name}`} onClick={onChange}>
          {words.change}
        </Button>
      </div>
    </li>
  );
}
