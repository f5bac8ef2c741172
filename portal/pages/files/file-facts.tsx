import { Link } from "../../app/link.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { domainStrings } from "../../domain/domain-strings.ts";
import { providerName } from "../../domain/method-name.ts";
import type { FileFullFragment } from "../../generated/pages/files/files.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { ControlFigures } from "./control-figures.tsx";
import { daysOf } from "./days-of.ts";
import { filesStrings } from "./files-strings.ts";
import { FormatChanges } from "./format-changes.tsx";
import { PreviewProblems } from "./preview-problems.tsx";
import { RowBalance } from "./row-balance.tsx";

/** What a file is, or would bring: its accounts and days, its money, whether it foots, and what is new in it. */
export function FileFacts({ file }: { readonly file: FileFullFragment }) {
  const t = useStrings(filesStrings);
  const { money } = useFormats();
  return (
    <div className="page">
      {file.problem && (
        <p className={`notice notice--${file.status === "REJECTED" ? "bad" : "warn"}`}>
          <Icon path={ICONS.dispute} />
          {file.problem}
        </p>
      )}
      {file.counts.read !== "0" && <RowBalance file={file} />}
      <div className="files__panels">
        <Accounts file={file} />
        {file.totals.length > 0 && (
          <section className="panel files__panel" aria-label={t.money}>
            <h3>{t.money}</h3>
            {file.totals.map(({ gross, fee, net }) => (
              <dl key={gross.currency} className="facts files__sums">
                <dt>{t.gross}</dt>
                <dd className="number">{money(gross)}</dd>
                <dt>{t.fee}</dt>
                <dd className="number">{money(fee)}</dd>
                <dt>{t.net}</dt>
                <dd className="number">
                  <strong>{money(net)}</strong>
                </dd>
              </dl>
            ))}
          </section>
        )}
        <ControlFigures file={file} />
        <Brings file={file} />
        <Skipped file={file} />
      </div>
      {file.preview && <PreviewProblems preview={file.preview} />}
      <FormatChanges file={file} />
    </div>
  );
}

function Accounts({ file: { accounts } }: { readonly file: FileFullFragment }) {
  const t = useStrings(filesStrings);
  const formats = useFormats();
  if (!accounts || accounts.length === 0) return null;
  return (
    <section className="panel files__panel" aria-label={t.accounts}>
      <h3>{t.accounts}</h3>
      <ul className="section">
        {accounts.map(({ provider, account, firstDate, lastDate }) => (
          <li key={`${provider} ${account}`}>
            <strong>{account}</strong> <span className="soft">{providerName(provider)}</span>
            <br />
            {daysOf({ accounts: [{ provider, account, firstDate, lastDate }] }, formats)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Brings({ file: { preview } }: { readonly file: FileFullFragment }) {
  const t = useStrings(filesStrings);
  const domain = useStrings(domainStrings);
  const { number } = useFormats();
  if (!preview || preview.kinds.length + preview.knownFrom.length === 0) return null;
  const kinds: Readonly<Record<string, string>> = { ...domain.kinds, BANK_ENTRY: t.bankEntry };
  return (
    <section className="panel files__panel" aria-label={t.brings}>
      <h3>{t.brings}</h3>
      <dl className="facts files__sums">
        {preview.kinds.map(({ kind, rows }) => (
          <Figure key={kind} name={kinds[kind] ?? kind} value={number(BigInt(rows))} />
        ))}
      </dl>
      {preview.knownFrom.map(({ fileId, fileName, rows }) => (
        <p key={fileId} className="soft">
          {t.knownFrom(Number(rows))}{" "}
          {fileName === null ? (
            t.hiddenFile
          ) : (
            <Link href={`/settlement-files?file=${encodeURIComponent(fileId)}`}>{fileName}</Link>
          )}
        </p>
      ))}
    </section>
  );
}

function Skipped({ file: { skipped } }: { readonly file: FileFullFragment }) {
  const t = useStrings(filesStrings);
  const { number } = useFormats();
  if (!skipped || skipped.length === 0) return null;
  return (
    <section className="panel files__panel" aria-label={t.skippedRows}>
      <h3>{t.skippedRows}</h3>
      <dl className="facts files__sums">
        {skipped.map(({ code, count }) => (
          <Figure key={code} name={code.replaceAll("_", " ").toLowerCase()} value={number(BigInt(count))} />
        ))}
      </dl>
    </section>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="number">{value}</dd>
    </>
  );
}
