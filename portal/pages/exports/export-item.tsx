import { useState } from "react";
import { useMutation } from "urql";
import { Badge, type Tone } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Progress } from "../../design/progress.tsx";
import { tell } from "../../design/toast.tsx";
import {
  CancelExportDocument,
  ExportProgressDocument,
  type ExportRowFragment,
} from "../../generated/pages/exports/exports.ts";
import { useLive } from "../../graph/live.ts";
import { useDownload } from "../../graph/use-download.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { exportsStrings } from "./exports-strings.ts";

const TONES: Readonly<Record<ExportRowFragment["status"], Tone>> = {
  QUEUED: "plain",
  RUNNING: "info",
  SUCCEEDED: "good",
  FAILED: "bad",
  CANCELLED: "plain",
  EXPIRED: "plain",
};

/** One export, as far as it is; it is followed until it is over. */
export function ExportItem({ row }: { readonly row: ExportRowFragment }) {
  const t = useStrings(exportsStrings);
  const { number, moment } = useFormats();
  const download = useDownload();
  const [told, setTold] = useState<ExportRowFragment>();
  const [{ fetching }, cancel] = useMutation(CancelExportDocument);
  const now = told ?? row;
  const isUnderWay = now.status === "QUEUED" || now.status === "RUNNING";
  useLive(ExportProgressDocument, { id: row.id }, ({ exportProgress: next }) => next && setTold(next), {
    pause: !isUnderWay,
  });
  const { downloadPath, fileName, rowsTotal, rowsDone, sizeBytes, sha256, problem, expiresAt } = now;
  return (
    <li className="exports__item">
      <div className="exports__what">
        <strong className="exports__name">{fileName}</strong>
        <Badge tone={TONES[now.status]}>{t.statuses[now.status]}</Badge>
        {now.reportId && <Badge>{t.ofReport}</Badge>}
      </div>
      <p className="exports__facts soft">
        <span>{t.contents[now.content]}</span>
        <span>{moment(now.requestedAt)}</span>
        {now.status === "SUCCEEDED" && <span>{t.rows(Number(rowsDone))}</span>}
        {sizeBytes && <span>{t.size(number(Math.max(1, Math.round(Number(sizeBytes) / 1_000))))}</span>}
        {now.status === "SUCCEEDED" && expiresAt && <span>{t.until(moment(expiresAt))}</span>}
      </p>
      {problem && <p className="exports__problem">{problem}</p>}
      {isUnderWay && (
        <div className="exports__progress">
          <Progress label={t.progress} ratio={Number(rowsDone) / Math.max(1, Number(rowsTotal ?? 0))} />
          {rowsTotal && <span className="soft">{t.rowsOf(number(BigInt(rowsDone)), number(BigInt(rowsTotal)))}</span>}
        </div>
      )}
      {sha256 && (
        <p className="exports__sha">
          <span className="soft">{t.sha}</span> <code>{sha256}</code>
        </p>
      )}
      <div className="exports__acts">
        {isUnderWay && (
          <Button disabled={fetching} onClick={() => void cancel({ id: row.id })}>
            {t.stop}
          </Button>
        )}
        {downloadPath && (
          <Button
            icon={ICONS.download}
            aria-label={`${t.download}: ${fileName}`}
            onClick={() => void download(downloadPath, fileName).catch(() => tell(t.gone, { isBad: true }))}
          >
            {t.download}
          </Button>
        )}
      </div>
    </li>
  );
}
