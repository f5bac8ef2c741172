import { useMutation } from "urql";
import {
  type ReportRowFragment,
  SaveReportDocument,
  type SaveReportInput,
} from "../../generated/pages/exports/reports.ts";
import { newIdempotencyKey } from "../../graph/idempotency-key.ts";
import { useStrings } from "../../language/language.tsx";
import { exportsStrings } from "./exports-strings.ts";

/** Saves reports. Each way answers why it was not saved; undefined where it was. */
export function useSaveReport() {
  const t = useStrings(exportsStrings);
  const [{ fetching }, saveReport] = useMutation(SaveReportDocument);
  const save = async (input: SaveReportInput): Promise<string | undefined> => {
    const { data, error } = await saveReport({ input });
    const outcome = data?.outcome;
    if (outcome?.__typename === "Report") return undefined;
    return outcome?.message ?? error?.graphQLErrors[0]?.message ?? t.notDone;
  };
  const saveAgain = (report: ReportRowFragment, changed: Partial<SaveReportInput>) => {
    const { id, name, period, cron, target, url, enabled } = report;
    return save({ id, name, period, cron, target, url, enabled, export: exportOf(report), ...changed });
  };
  return { fetching, save, saveAgain };
}

/** What a report makes, as it was asked for. */
export function exportOf({ format, locale, zone, columns, filter }: ReportRowFragment): SaveReportInput["export"] {
  // It was given as one, and is kept as JSON.
  const given = JSON.parse(filter) as NonNullable<SaveReportInput["export"]["filter"]>;
  return { format, locale, zone, columns: [...columns], filter: given, idempotencyKey: newIdempotencyKey() };
}
