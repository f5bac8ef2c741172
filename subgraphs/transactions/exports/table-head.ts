import { type ExportTable, offsetText } from "../export-formats/export-table.ts";
import { COLUMN_WORDS, FACT_WORDS, inLocale } from "../export-formats/export-words.ts";
import { columnWidth, EXPORT_COLUMN_SOURCES } from "./export-columns.ts";
import { exportFacts, type Snapshot } from "./export-facts.ts";
import type { ExportLease } from "./export-lease.ts";

/** All of a file but its rows. */
export function tableHead(lease: ExportLease, snapshot: Snapshot): Omit<ExportTable, "rows"> {
  const { locale, columns, bom, zone } = lease.request;
  const word = (name: keyof typeof FACT_WORDS) => inLocale(FACT_WORDS[name], locale);
  const madeAt = `${snapshot.now.slice(0, 19)} ${offsetText(snapshot.now)}`;
  return {
    title: word("transactions"),
    aboutTitle: word("about"),
    header: `${word("zone")}: ${zone}`,
    footer: `${lease.id} · ${word("madeAt")} ${madeAt}`,
    locale,
    bom,
    rowCount: snapshot.sums.count,
    facts: exportFacts(lease, snapshot),
    columns: columns.map((column) => ({
      label: inLocale(COLUMN_WORDS[column], locale),
      kind: EXPORT_COLUMN_SOURCES[column].kind,
      width: columnWidth(column),
    })),
  };
}
