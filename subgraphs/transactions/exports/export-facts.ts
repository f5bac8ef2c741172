import { canonicalJson } from "../../shared/canonical-json.ts";
import { formatDecimal, type Money } from "../../shared/money.ts";
import type { Coverage } from "../coverage/coverage-type.ts";
import { decimalSign, offsetText } from "../export-formats/export-table.ts";
import { COLUMN_WORDS, type ExportLocale, FACT_WORDS, inLocale } from "../export-formats/export-words.ts";
import type { Sums, Totals } from "../totals.ts";
import type { ExportLease } from "./export-lease.ts";
import type { Figure } from "./kept-totals.ts";

/** What is read before the first row, at the moment that the rows are of. */
export type Snapshot = {
  /** PostgreSQL's text of that moment by the clock of the export's zone. */
  readonly now: string;
  readonly sums: Sums;
  readonly coverage: readonly Coverage[];
};

/** What a file says of itself, so that it can be understood without the program that made it. */
export function exportFacts(lease: ExportLease, { now, sums, coverage }: Snapshot): readonly [string, string][] {
  const { request, requestedName, requestedBy, merchants, limits, id, epoch } = lease;
  const { locale, zone, filter, order, columns, asOf } = request;
  const word = (name: keyof typeof FACT_WORDS) => inLocale(FACT_WORDS[name], locale);
  const locations = Object.values(limits).flat();
  return [
    // With the attempt, so that no two files are the same bytes: the one that comes late is removed by its hash.
    [word("exportId"), epoch === 1 ? id : `${id}/${epoch}`],
    [word("madeAt"), `${now.slice(0, 19)} ${offsetText(now)}`],
    ...(asOf ? [[word("asOf"), asOf] as [string, string]] : []),
    [word("madeBy"), `${requestedName} (${requestedBy})`],
    [word("merchants"), merchants.join(", ")],
    ...(locations.length > 0 ? [[word("locations"), locations.join(", ")] as [string, string]] : []),
    [word("filter"), filterText(filter) || word("everything")],
    [word("order"), order === null ? "OCCURRED_AT DESC" : `${order.field} ${order.direction}`],
    [word("columns"), columns.map((column) => inLocale(COLUMN_WORDS[column], locale)).join(", ")],
    [word("zone"), `${zone} (${offsetText(now)})`],
    [word("coverage"), coverage.map(coverageText).join("; ")],
    [word("rows"), `${sums.count}`],
    ...sums.totals.map((each): [string, string] => [`${word("total")} ${each.currency}`, totalsText(each, locale)]),
  ];
}

/** `statuses: ["SUCCESS"], amount: {…}`: the filter by the names that the schema has for it. */
function filterText(filter: object): string {
  return Object.entries(filter)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}: ${canonicalJson(value)}`)
    .join(", ");
}

/** `adyen: LATE, fresh as of 2026-11-20T00:00:00.000Z, missing from …`: by the names that the schema has for it. */
function coverageText({ provider, state, freshAsOf, missingFrom }: Coverage): string {
  const parts = [
    `${provider}: ${state}`,
    ...(freshAsOf ? [`fresh as of ${freshAsOf.toISOString()}`] : []),
    ...(missingFrom ? [`missing from ${missingFrom.toISOString()}`] : []),
  ];
  return parts.join(", ");
}

const FIGURES = ["gross", "refunded", "chargedBack", "credited", "pending", "fees", "net"] as const satisfies Figure[];

function totalsText(totals: Totals, locale: ExportLocale): string {
  const amounts = FIGURES.flatMap((figure) => {
    const amount = totals[figure];
    return amount === null ? [] : [`${inLocale(FACT_WORDS[figure], locale)} ${amountText(amount, locale)}`];
  });
  return [`${totals.count} ${inLocale(FACT_WORDS.count, locale)}`, ...amounts].join("; ");
}

function amountText(amount: Money, locale: ExportLocale): string {
  return formatDecimal(amount).replace(".", decimalSign(locale));
}
