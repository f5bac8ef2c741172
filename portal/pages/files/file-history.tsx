import { useEffect } from "react";
import { Link } from "../../app/link.tsx";
import { Paged } from "../../app/paged.tsx";
import { useSearch } from "../../app/search-params.ts";
import { useRowKeys } from "../../app/use-row-keys.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { SelectField } from "../../design/field.tsx";
import { ICONS } from "../../design/icon.tsx";
import { providerName } from "../../domain/method-name.ts";
import { FileProvidersDocument, SettlementFilesDocument } from "../../generated/pages/files/files.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { usePages } from "../../graph/use-pages.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { daysOf } from "./days-of.ts";
import { FileStatus } from "./file-status.tsx";
import { FILES_SEARCH, linkToFile, SHOWN, SHOWS } from "./files-search.ts";
import { filesStrings } from "./files-strings.ts";
import { isUnderWay } from "./use-file.ts";

/** All that came, the latest first. @param round asks again when it changes */
export function FileHistory({ round }: { readonly round: number }) {
  const t = useStrings(filesStrings);
  const formats = useFormats();
  const { moment, number } = formats;
  const [search] = useSearch(FILES_SEARCH);
  const { show, provider } = search;
  const filter = { ...(show && SHOWN[show]), ...(provider && { provider }) };
  const pages = usePages(SettlementFilesDocument, { filter }, ({ settlementFiles }) => settlementFiles);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a file has come further
  useEffect(() => {
    if (round > 0) pages.reload();
  }, [round]);
  const list = useRowKeys();
  return (
    <section className="section" aria-label={t.history}>
      <HistoryFilters />
      <Paged
        pages={pages}
        empty={
          <EmptyState icon={ICONS.file} title={t.none}>
            <p>{t.noneAdvice}</p>
          </EmptyState>
        }
      >
        {(rows) => (
          <div className="panel" ref={list} aria-busy={pages.fetching}>
            <table className="table records">
              <thead>
                <tr>
                  <th scope="col">{t.file}</th>
                  <th scope="col">{t.provider}</th>
                  <th scope="col">{t.days}</th>
                  <th scope="col">{t.received}</th>
                  <th scope="col">{t.state}</th>
                  <th scope="col" className="number">
                    {t.read}
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <td className="records__wide">
                      <Link className="row-link" data-row href={linkToFile(search, row.id)}>
                        {row.name}
                      </Link>
                    </td>
                    <td data-label={t.provider}>
                      {row.provider ? providerName(row.provider) : isUnderWay(row) ? "–" : t.notKnown}
                    </td>
                    <td data-label={t.days}>{daysOf(row, formats) ?? "–"}</td>
                    <td data-label={t.received}>
                      {moment(row.receivedAt)} <span className="soft files__origin">{t.origins[row.origin]}</span>
                    </td>
                    <td className="files__stand">
                      <FileStatus file={row} />
                    </td>
                    <td data-label={t.read} className="number">
                      {row.counts.read === "0" ? "–" : number(BigInt(row.counts.read))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
    </section>
  );
}

function HistoryFilters() {
  const t = useStrings(filesStrings);
  const [{ show, provider }, change] = useSearch(FILES_SEARCH);
  const { data } = useGraph(FileProvidersDocument, {});
  const known = (data?.fileCoverage?.edges ?? []).map(({ node }) => node.provider);
  const providers = [...new Set([...known, ...(provider ? [provider] : [])])].sort();
  return (
    <div className="filters">
      <SelectField
        label={t.which}
        value={show ?? ""}
        onChange={({ target: { value } }) => change({ show: SHOWS.find((each) => each === value) })}
      >
        <option value="">{t.all}</option>
        {SHOWS.map((each) => (
          <option key={each} value={each}>
            {t.shows[each]}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t.provider}
        value={provider ?? ""}
        onChange={({ target: { value } }) => change({ provider: value })}
      >
        <option value="">{t.all}</option>
        {providers.map((each) => (
          <option key={each} value={each}>
            {providerName(each)}
          </option>
        ))}
      </SelectField>
    </div>
  );
}
