import { useSearch } from "../../app/search-params.ts";
import { Unanswered } from "../../app/unanswered.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { ExportsDocument } from "../../generated/pages/exports/exports.ts";
import { usePages } from "../../graph/use-pages.ts";
import { useStrings } from "../../language/language.tsx";
import { SEARCH } from "../transactions/transaction-search.ts";
import { ExportItem } from "./export-item.tsx";
import { EXPORTS_SEARCH } from "./exports-search.ts";
import { exportsStrings } from "./exports-strings.ts";
import { OrderDialog } from "./order-dialog.tsx";

export function ExportList() {
  const t = useStrings(exportsStrings);
  const [{ order }, change] = useSearch(EXPORTS_SEARCH);
  const { rows, error, fetching, hasMore, more, reload } = usePages(ExportsDocument, {}, ({ exports }) => exports);
  // What was asked for is done with: a filter of the list is not one of the page.
  const putAway = () => change({ ...NO_FILTER, order: undefined }, { replace: true });
  return (
    <>
      <div className="exports__bar">
        <Button look="primary" icon={ICONS.download} onClick={() => change({ order: "new" })}>
          {t.newExport}
        </Button>
      </div>
      {!rows && fetching && <Spinner label={t.loading} />}
      {!rows && !fetching && <Unanswered error={error} onAgain={reload} />}
      {rows?.length === 0 && (
        <EmptyState icon={ICONS.download} title={t.none}>
          <p>{t.noneAdvice}</p>
        </EmptyState>
      )}
      {rows && rows.length > 0 && (
        <ul className="panel exports__list" aria-busy={fetching}>
          {rows.map((row) => (
            <ExportItem key={row.id} row={row} />
          ))}
        </ul>
      )}
      {hasMore && (
        <Button className="exports__more" onClick={more} disabled={fetching}>
          {t.more}
        </Button>
      )}
      {order === "new" && (
        <OrderDialog
          onClose={putAway}
          onOrdered={() => {
            putAway();
            reload();
          }}
        />
      )}
    </>
  );
}

const NO_FILTER = Object.fromEntries(Object.entries(SEARCH).map(([name, param]) => [name, param.parse([])])) as object;
