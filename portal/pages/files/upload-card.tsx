import { useEffect, useState } from "react";
import { Link } from "../../app/link.tsx";
import { IconButton } from "../../design/button.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { Progress } from "../../design/progress.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { FileActs } from "./file-acts.tsx";
import { FileFacts } from "./file-facts.tsx";
import { FileStatus } from "./file-status.tsx";
import { FileSummary } from "./file-summary.tsx";
import { filesStrings } from "./files-strings.ts";
import { forgetUpload, type Upload } from "./uploads.ts";
import { isUnderWay, useFile } from "./use-file.ts";

type UploadCardProps = { readonly upload: Upload; readonly onTaken: () => void };

/** One file from its sending to a person's word on it. */
export function UploadCard({ upload, onTaken }: UploadCardProps) {
  const t = useStrings(filesStrings);
  const { size } = useFormats();
  const { file, reload } = useFile(upload.file?.id);
  const [isOpen, setOpen] = useState(true);
  const status = file?.status;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is behind once a file has come further
  useEffect(() => {
    if (status) onTaken();
  }, [status]);
  const isRead = file && !isUnderWay(file);
  return (
    <article className="panel files__upload" aria-label={upload.name}>
      <header className="bar bar--ends">
        <div className="headline">
          <Icon path={ICONS.file} />
          {file ? (
            <Link className="row-link" href={`/settlement-files?file=${encodeURIComponent(file.id)}`}>
              {upload.name}
            </Link>
          ) : (
            <strong className="files__name">{upload.name}</strong>
          )}
          <span className="soft">{size(upload.sizeBytes)}</span>
          {file && <FileStatus file={file} />}
        </div>
        <div className="bar">
          {isRead && <FileActs file={file} onDone={reload} />}
          {isRead && (
            <IconButton
              icon={isOpen ? ICONS.up : ICONS.down}
              label={isOpen ? t.less : t.details}
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            />
          )}
          <IconButton icon={ICONS.close} label={t.forget(upload.name)} onClick={() => forgetUpload(upload.key)} />
        </div>
      </header>
      {upload.problem !== undefined && (
        <p className="notice notice--bad" role="alert">
          <Icon path={ICONS.dispute} />
          {upload.problem || t.notSent}
        </p>
      )}
      {upload.problem === undefined && !isRead && <Way upload={upload} file={file} />}
      {isRead && upload.file?.isKnown && file.status !== "PREVIEWED" && <p className="notice">{t.known}</p>}
      {isRead && !isOpen && <FileSummary file={file} />}
      {isRead && isOpen && <FileFacts file={file} />}
    </article>
  );
}

function Way({ upload, file }: Pick<UploadCardProps, "upload"> & Pick<ReturnType<typeof useFile>, "file">) {
  const t = useStrings(filesStrings);
  const { percent, number } = useFormats();
  if (!upload.file) {
    return (
      <>
        <Progress label={t.sending} ratio={upload.sent} />
        <span className="soft">{`${t.sending} ${percent(Math.round(upload.sent * 100) / 100)}`}</span>
      </>
    );
  }
  const { rows = "0", bytes = "0" } = file?.progress ?? {};
  return (
    <>
      <Progress label={t.reading} ratio={Number(bytes) / Math.max(1, Number(file?.sizeBytes ?? 1))} />
      <span className="soft">{t.readSoFar(number(BigInt(rows)))}</span>
    </>
  );
}
