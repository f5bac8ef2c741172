import { useState } from "react";
import { useSearch } from "../../app/search-params.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { SelectField, TextField } from "../../design/field.tsx";
import { tell } from "../../design/toast.tsx";
import { cronOf, scheduleOf } from "../../domain/schedules/schedule.ts";
import { ScheduleFields } from "../../domain/schedules/schedule-fields.tsx";
import type { ReportRowFragment } from "../../generated/pages/exports/reports.ts";
import { useActKey } from "../../graph/use-act-key.ts";
import { useSpeech, useStrings, useZone } from "../../language/language.tsx";
import { filterOf } from "../transactions/transaction-search.ts";
import { EXPORTS_SEARCH } from "./exports-search.ts";
import { exportsStrings } from "./exports-strings.ts";
import { FileChoices, type FileShape } from "./file-choices.tsx";
import { LOCALES, USUAL } from "./file-shape.ts";
import { FilterChoice } from "./filter-choice.tsx";
import { exportOf, useSaveReport } from "./use-save-report.ts";

type ReportDialogProps = {
  /** The one to change; a new one without it. */
  readonly report: ReportRowFragment | undefined;
  readonly onClose: () => void;
  readonly onSaved: () => void;
};

const PERIODS = ["YESTERDAY", "LAST_WEEK", "LAST_MONTH", "LAST_QUARTER", "THIS_MONTH"] as const;
const TARGETS = ["FOLDER", "WEBHOOK"] as const;

export function ReportDialog({ report, onClose, onSaved }: ReportDialogProps) {
  const t = useStrings(exportsStrings);
  const usualZone = useZone();
  const zone = report?.zone ?? usualZone;
  const { language } = useSpeech();
  const keyFor = useActKey();
  const [search] = useSearch(EXPORTS_SEARCH);
  const [name, setName] = useState(report?.name ?? "");
  const [period, setPeriod] = useState<(typeof PERIODS)[number]>(report?.period ?? "YESTERDAY");
  const [schedule, setSchedule] = useState(() => scheduleOf(report?.cron ?? "0 6 * * *"));
  const [target, setTarget] = useState<(typeof TARGETS)[number]>(report?.target ?? "FOLDER");
  const [url, setUrl] = useState(report?.url ?? "");
  const [shape, setShape] = useState<FileShape>({
    format: report?.format ?? "CSV",
    locale: report?.locale ?? LOCALES.find((each) => each === language.toUpperCase()) ?? "EN",
    columns: report?.columns ?? USUAL,
  });
  const [problem, setProblem] = useState<string>();
  const { fetching, save } = useSaveReport();
  const submit = async () => {
    if (shape.columns.length === 0) return setProblem(t.noColumns);
    const { filter } = report ? exportOf(report) : { filter: filterOf({ ...search, ...ANY_TIME }, zone) };
    const made = { ...shape, columns: [...shape.columns], zone, filter };
    const asked = { name, period, cron: cronOf(schedule), target, export: made };
    const failure = await save({
      ...asked,
      ...(report && { id: report.id, enabled: report.enabled }),
      ...(target === "WEBHOOK" && { url }),
      export: { ...made, idempotencyKey: keyFor(asked) },
    });
    if (failure) return setProblem(failure);
    tell(t.saved);
    onSaved();
  };
  return (
    <Dialog title={report ? t.changeReport : t.newReport} closing={t.cancel} onClose={onClose}>
      <form
        className="section"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          label={t.name}
          required
          maxLength={100}
          value={name}
          onChange={({ target: { value } }) => setName(value)}
        />
        <ScheduleFields schedule={schedule} zone={zone} onChange={setSchedule} />
        <div className="exports__pair">
          <SelectField
            label={t.period}
            value={period}
            onChange={({ target: { value } }) => setPeriod(PERIODS.find((each) => each === value) ?? "YESTERDAY")}
          >
            {PERIODS.map((each) => (
              <option key={each} value={each}>
                {t.periods[each]}
              </option>
            ))}
          </SelectField>
          <SelectField
            label={t.target}
            value={target}
            onChange={({ target: { value } }) => setTarget(TARGETS.find((each) => each === value) ?? "FOLDER")}
          >
            {TARGETS.map((each) => (
              <option key={each} value={each}>
                {t.targets[each]}
              </option>
            ))}
          </SelectField>
        </div>
        {target === "WEBHOOK" && (
          <TextField
            label={t.url}
            type="url"
            required
            value={url}
            placeholder="https://"
            onChange={({ target: { value } }) => setUrl(value)}
          />
        )}
        {report ? <p className="soft">{t.filterKept}</p> : <FilterChoice hasPeriod={false} />}
        <FileChoices shape={shape} onChange={setShape} hasColumns />
        {problem && (
          <p className="field__problem" role="alert">
            {problem}
          </p>
        )}
        <div className="exports__bar">
          <Button look="primary" type="submit" disabled={fetching}>
            {t.save}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The report's own period decides. */
const ANY_TIME = { period: undefined, from: undefined, to: undefined };
