import { Link } from "../../app/link.tsx";
import { useSearch } from "../../app/search-params.ts";
import { useShortcuts } from "../../app/shortcuts.tsx";
import { Unanswered } from "../../app/unanswered.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { tell } from "../../design/toast.tsx";
import { domainStrings } from "../../domain/domain-strings.ts";
import { methodName } from "../../domain/method-name.ts";
import { ClosingDetailDocument, type ClosingDetailQuery } from "../../generated/pages/closings/closings.ts";
import { useDownload } from "../../graph/use-download.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { CoverageLine } from "../transactions/coverage-line.tsx";
import { Adjustments } from "./adjustments.tsx";
import { usePlaceName, useSpanText } from "./closing-place.tsx";
import { CLOSINGS_SEARCH, linkToClosing } from "./closings-search.ts";
import { closingsStrings } from "./closings-strings.ts";
import { SumsTable } from "./sums-table.tsx";

type Closing = NonNullable<ClosingDetailQuery["closing"]>;

/** One closing: what it came to, by what, and what was late for those before it. */
export function ClosingPanel({ id }: { readonly id: string }) {
  const t = useStrings(closingsStrings);
  const [search, change] = useSearch(CLOSINGS_SEARCH);
  const { data, error, fetching, reload } = useGraph(ClosingDetailDocument, { id });
  const closing = data?.closing;
  useShortcuts([{ key: "Escape", label: t.back, run: () => change({ closing: undefined }) }]);
  return (
    <>
      <Link className="closings__back" href={linkToClosing(search, undefined)}>
        <Icon path={ICONS.up} />
        {t.closings}
      </Link>
      {closing && <Details closing={closing} />}
      {!closing && fetching && <Spinner label={t.loading} />}
      {!closing && !fetching && error && <Unanswered error={error} onAgain={reload} />}
      {!closing && !fetching && !error && <EmptyState icon={ICONS.search} title={t.gone} />}
    </>
  );
}

function Details({ closing }: { readonly closing: Closing }) {
  const t = useStrings(closingsStrings);
  const domain = useStrings(domainStrings);
  const { money, exactTime } = useFormats();
  const placeName = usePlaceName();
  const spanText = useSpanText();
  const download = useDownload();
  const [search] = useSearch(CLOSINGS_SEARCH);
  const { kind, number, downloadPath } = closing;
  const word = (names: Readonly<Record<string, string>>) => (key: string) => names[key] ?? key;
  const save = () => download(downloadPath, `closing-${kind.toLowerCase()}-${number}.pdf`);
  return (
    <>
      <header className="closings__head">
        <div className="closings__titles">
          <h2>
            {t.named[kind](number)} <span className="soft">{placeName(closing)}</span>
          </h2>
          <p>{spanText(closing)}</p>
          <strong className="closings__figure">
            {closing.totals.length === 0 ? t.nothingTaken : closing.totals.map(({ gross }) => money(gross)).join(" · ")}
          </strong>
        </div>
        <Button
          look="primary"
          icon={ICONS.download}
          onClick={() => void save().catch(() => tell(t.noPdf, { isBad: true }))}
        >
          {t.pdf}
        </Button>
      </header>
      <SumsTable
        title={t.totals}
        parts={closing.totals.map((sums) => ({ key: sums.currency, sums }))}
        nameOf={String}
      />
      <div className="closings__parts">
        <SumsTable title={t.byStatus} parts={closing.byStatus} nameOf={word(domain.statuses)} isShort />
        <SumsTable
          title={t.byMethod}
          parts={closing.byMethod}
          nameOf={(method) => methodName(method, domain.methods)}
          isShort
        />
        <SumsTable title={t.byOrigin} parts={closing.byOrigin} nameOf={word(domain.origins)} isShort />
      </div>
      {closing.adjusted.length > 0 && (
        <>
          <SumsTable title={t.adjustments} note={t.adjustmentsNote} parts={closing.adjusted} nameOf={word(t.ways)} />
          <Adjustments id={closing.id} zone={closing.zone} />
        </>
      )}
      <section className="section">
        <h2>{t.proof}</h2>
        <dl className="panel facts closings__facts">
          <dt>{t.closedBy}</dt>
          <dd>{t.byAt(closing.closedBy, exactTime(closing.closedAt))}</dd>
          <dt>{t.hash}</dt>
          <dd>
            <code>{closing.hash}</code>
          </dd>
          <dt>{t.pdfHash}</dt>
          <dd>
            <code>{closing.pdfSha256}</code>
          </dd>
          {closing.previousId && (
            <>
              <dt>{t.previous}</dt>
              <dd>
                <Link className="closings__link" href={linkToClosing(search, closing.previousId)}>
                  {t.named[kind](number - 1)}
                </Link>
              </dd>
            </>
          )}
        </dl>
      </section>
      <CoverageLine coverage={closing.coverage} />
    </>
  );
}
