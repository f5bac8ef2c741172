import { Link } from "../../app/link.tsx";
import { formatSearch, useSearch } from "../../app/search-params.ts";
import { useShortcuts } from "../../app/shortcuts.tsx";
import { Unanswered } from "../../app/unanswered.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { Progress, Spinner } from "../../design/progress.tsx";
import { providerName } from "../../domain/method-name.ts";
import type { FileFullFragment } from "../../generated/pages/files/files.ts";
import { useMay } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { FileActs } from "./file-acts.tsx";
import { FileFacts } from "./file-facts.tsx";
import { FileStatus } from "./file-status.tsx";
import { FILES_SEARCH } from "./files-search.ts";
import { filesStrings } from "./files-strings.ts";
import { QuarantinedRows } from "./quarantined-rows.tsx";
import { isUnderWay, useFile } from "./use-file.ts";

/** One file: what it is, what became of its rows, and what can be done about it. */
export function FilePanel({ id }: { readonly id: string }) {
  const t = useStrings(filesStrings);
  const [search, change] = useSearch(FILES_SEARCH);
  const { file, error, fetching, reload } = useFile(id);
  useShortcuts([{ key: "Escape", label: t.back, run: () => change({ file: undefined }) }]);
  return (
    <div className="page">
      <Link className="back" href={`/settlement-files${formatSearch(FILES_SEARCH, { ...search, file: undefined })}`}>
        <Icon path={ICONS.up} />
        {t.title}
      </Link>
      {file && <Opened file={file} onChanged={reload} />}
      {file === undefined && fetching && <Spinner label={t.loading} />}
      {file === undefined && !fetching && <Unanswered error={error} onAgain={reload} />}
      {file === null && (
        <EmptyState icon={ICONS.search} title={t.noFile}>
          <p>{t.noFileAdvice}</p>
        </EmptyState>
      )}
    </div>
  );
}

function Opened({ file, onChanged }: { readonly file: FileFullFragment; readonly onChanged: () => void }) {
  const t = useStrings(filesStrings);
  const { moment, size, number } = useFormats();
  const maySeeRows = useMay("RECONCILIATION", "RECONCILE");
  return (
    <>
      <header className="bar bar--ends">
        <div className="headline">
          <h2>{file.name}</h2>
          <FileStatus file={file} />
        </div>
        <FileActs file={file} onDone={onChanged} />
      </header>
      <dl className="figures">
        <Figure name={t.provider} value={file.provider ? providerName(file.provider) : t.notKnown} />
        <Figure name={t.adapter} value={file.adapter ?? t.notKnown} />
        <Figure name={t.received} value={`${moment(file.receivedAt)} · ${t.origins[file.origin]}`} />
        {file.finishedAt && <Figure name={t.finished} value={moment(file.finishedAt)} />}
        <Figure name={t.size} value={size(Number(file.sizeBytes))} />
        <Figure name="SHA-256" value={`${file.sha256.slice(0, 12)}…`} title={file.sha256} />
      </dl>
      {isUnderWay(file) && (
        <>
          <Progress label={t.reading} ratio={Number(file.progress?.bytes ?? 0) / Math.max(1, Number(file.sizeBytes))} />
          <p className="soft">{t.readSoFar(number(BigInt(file.progress?.rows ?? 0)))}</p>
        </>
      )}
      <FileFacts file={file} />
      {maySeeRows && file.status !== "PREVIEWED" && file.counts.quarantined !== "0" && (
        <QuarantinedRows key={file.finishedAt} id={file.id} />
      )}
    </>
  );
}

type FigureProps = { readonly name: string; readonly value: string; readonly title?: string };

function Figure({ name, value, title }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd title={title}>{value}</dd>
    </div>
  );
}
