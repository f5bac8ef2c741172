import { useState } from "react";
import { Link } from "../../app/link.tsx";
import { Paged } from "../../app/paged.tsx";
import { useSearch } from "../../app/search-params.ts";
import { useRowKeys } from "../../app/use-row-keys.ts";
import { Badge } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { SelectField } from "../../design/field.tsx";
import { ClosingsDocument } from "../../generated/pages/closings/closings.ts";
import { usePages } from "../../graph/use-pages.ts";
import { useMay, useViewer } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { CloseDialog } from "./close-dialog.tsx";
import { usePlaceName, useSpanText } from "./closing-place.tsx";
import { CLOSINGS_SEARCH, KINDS, linkToClosing } from "./closings-search.ts";
import { closingsStrings } from "./closings-strings.ts";

const LOCK = "M6 11V8a6 6 0 0 1 12 0v3M5 11h14v9H5zM12 15v2";

export function ClosingList() {
  const t = useStrings(closingsStrings);
  const { money, number, moment } = useFormats();
  const placeName = usePlaceName();
  const spanText = useSpanText();
  const mayClose = useMay("TRANSACTIONS", "ASSIGN_STATUS");
  const [search, change] = useSearch(CLOSINGS_SEARCH);
  const [isClosing, setClosing] = useState(false);
  const { kind, location } = search;
  const locations = (useViewer().merchants ?? []).flatMap((merchant) => merchant.locations ?? []);
  const pages = usePages(
    ClosingsDocument,
    { ...(kind && { kind }), ...(location && { locationId: location }) },
    ({ closings }) => closings,
  );
  const list = useRowKeys();
  return (
    <>
      <div className="closings__bar">
        <SelectField
          label={t.kind}
          value={kind ?? ""}
          onChange={({ target: { value } }) => change({ kind: KINDS.find((each) => each === value) })}
        >
          <option value="">{t.all}</option>
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {t.kinds[each]}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t.place}
          value={location ?? ""}
          onChange={({ target: { value } }) => change({ location: value })}
        >
          <option value="">{t.all}</option>
          {locations.map(({ id, name }) => (
            <option key={id} value={id}>
              {name ?? id}
            </option>
          ))}
        </SelectField>
        {mayClose && (
          <Button look="primary" className="closings__close" icon={LOCK} onClick={() => setClosing(true)}>
            {t.close}
          </Button>
        )}
      </div>
      <Paged
        pages={pages}
        empty={
          <EmptyState icon={LOCK} title={t.none}>
            <p>{t.noneAdvice}</p>
          </EmptyState>
        }
      >
        {(rows) => (
          <div className="panel" ref={list} aria-busy={pages.fetching}>
            <table className="table closings__table">
              <thead>
                <tr>
                  <th scope="col">{t.closing}</th>
                  <th scope="col">{t.place}</th>
                  <th scope="col">{t.span}</th>
                  <th scope="col">{t.closedBy}</th>
                  <th scope="col" className="number">
                    {t.transactions}
                  </th>
                  <th scope="col" className="number">
                    {t.turnover}
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <td className="closings__name">
                      <Link className="closings__link" data-row href={linkToClosing(search, row.id)}>
                        {t.named[row.kind](row.number)}
                      </Link>{" "}
                      {row.adjusted.length > 0 && <Badge tone="warn">{t.adjusted}</Badge>}
                    </td>
                    <td className="closings__place">{placeName(row)}</td>
                    <td className="closings__span">{spanText(row)}</td>
                    <td className="closings__by soft">{t.byAt(row.closedBy, moment(row.closedAt))}</td>
                    <td className="number closings__count">
                      {number(row.totals.reduce((sum, { count }) => sum + BigInt(count), 0n))}
                    </td>
                    <td className="number closings__gross">
                      {row.totals.length === 0 ? "–" : row.totals.map(({ gross }) => money(gross)).join(" · ")}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
      {isClosing && <CloseDialog onClose={() => setClosing(false)} onClosed={(id) => change({ closing: id })} />}
    </>
  );
}
