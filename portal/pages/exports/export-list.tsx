import { Paged } from "../../app/paged.tsx";
import { useSearch } from "../../app/search-params.ts";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
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
  const pages = usePages(ExportsDocument, {}, ({ exports }) => exports);
  // What was asked for is done with: a filter of the list is not one of the page.
  const putAway = () => change({ ...NO_FILTER, order: undefined }, { replace: true });
  return (
    <>
      <div className="exports__bar">
        <Button look="primary" icon={ICONS.download} onClick={() => change({ order: "new" })}>
          {t.newExport}
        </Button>
      </div>
      <Paged
        pages={pages}
        empty={
          <EmptyState icon={ICONS.download} title={t.none}>
            <p>{t.noneAdvice}</p>
          </EmptyState>
        }
      >
        {(rows) => (
          <ul className="panel exports__list" aria-busy={pages.fetching}>
            {rows.map((row) => (
              <ExportItem key={row.id} row={row} />
            ))}
          </ul>
        )}
      </Paged>
      {order === "new" && (
        <OrderDialog
          onClose={putAway}
          onOrdered={() => {
            putAway();
            pages.reload();
          }}
        />
      )}
    </>
  );
}

const NO_FILTER = Object.fromEntries(Object.entries(SEARCH).map(([name, param]) => [name, param.parse([])])) as object;
