import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { unknownRecord, unknownValue } from "../readers/drift.ts";
import { Occurrences } from "../readers/occurrences.ts";
import { rowOf } from "../readers/rows.ts";
import { readXml } from "../readers/xml.ts";
import { textAt, type XmlElement } from "../readers/xml-element.ts";
import type { XmlRecord } from "../readers/xml-trees.ts";
import { KNOWN } from "../worldline/fields.ts";
import { KNOWN_STATUSES, recordKind } from "../worldline/record-kinds.ts";
import { WxTotals } from "../worldline/totals.ts";
import { eventOf, WxRecord } from "../worldline/wx-record.ts";

/**
 * Worldline Global Collect's WX file (wx1): XML, one DataRecord for each thing that happened to a payment, then what each
 * merchant is credited and debited by currency, and the number of records. Amounts are minor units with a sign; times
 * say no zone and are taken for Amsterdam's. Who paid (CustomerData) is never kept.
 */
export const adapter: SettlementAdapter = {
  name: "worldline-global-collect",
  provider: "worldline",
  accepts: (head) => ROOT.test(head),
  read,
};

const ROOT = /<(?:[\w-]+:)?report\b[^>]*\sxmlns(?::[\w-]+)?\s*=\s*["']https:\/\/wx\.v\d+_\d+\.globalcollect\.com["']/;

/** The one version whose layout we know. */
const NAMESPACE = "https://wx.v2_6.globalcollect.com";

const PATHS = {
  filename: "report/Filename",
  produced: "report/DateProduction",
  record: "report/DataRecord",
  total: "report/TotalAmount",
  report: "report",
} as const;

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const report = new Report();
  const options = { records: Object.values(PATHS), omit: ["CustomerData", "AirlineData", "ThirdPartyData"] };
  for await (const { namespace, records } of readXml(file, options)) {
    if (namespace !== NAMESPACE) {
      const message = `the report is of the version ${namespace.slice(0, 60)}, which is not known; add it to the adapter`;
      throw new AppError("FILE_REJECTED", message);
    }
    const readings = records.flatMap((record) => report.take(record));
    if (readings.length > 0) yield readings;
  }
  yield report.end();
}

class Report {
  #filename = "";
  #produced = "";
  #count = 0n;
  #declared: string | undefined;
  readonly #totals = new WxTotals();
  readonly #totalElements: { readonly element: XmlElement; readonly line: number }[] = [];
  readonly #unknown = new Set<string>();
  readonly #occurrences = new Occurrences();

  take({ path, line, element }: XmlRecord): readonly Reading[] {
    if (path === PATHS.filename) this.#filename = element.text.trim();
    else if (path === PATHS.produced) this.#produced = element.text.trim();
    else if (path === PATHS.total) this.#totalElements.push({ element, line });
    else if (path === PATHS.report) this.#declared = textAt(element, "NumberOfRecords");
    else return this.#read(new WxRecord(element), line);
    return [];
  }

  end(): readonly Reading[] {
    const expected = /^\d{1,10}$/.test(this.#declared ?? "") ? BigInt(this.#declared!) : -1n;
    const totals = this.#totalElements.flatMap(({ element, line }) => this.#totals.check(element, line));
    const count = { name: "records", expected, actual: this.#count };
    return [count, ...totals, ...this.#totals.unchecked()].map((total) => ({ kind: "control", total }));
  }

  #read(record: WxRecord, line: number): readonly Reading[] {
    this.#count += 1n;
    if (this.#filename === "" || this.#produced === "") {
      throw new AppError(
        "FILE_REJECTED",
        "the report does not say its name and day before its records; fetch it again",
      );
    }
    const source = { line, raw: record.raw };
    const [category, type] = [record.text("Recordcategory"), record.text("Recordtype")];
    const is = recordKind(category, type);
    const drift = this.#drift(record, line);
    this.#add(record);
    if (!is) {
      const problem = `the record "${`${category}${type}`.slice(0, 20)}" is not known and may move money; add it to the adapter`;
      return [...drift, unknownRecord("record", category + type, line), { kind: "rejected", ...source, problem }];
    }
    const report = { filename: this.#filename, produced: this.#produced };
    return [...drift, rowOf(source, () => this.#occurrences.identified(eventOf(record, is, report), source.raw))];
  }

  /** Totals count rejected records as well, as long as their amounts can be read. */
  #add(record: WxRecord): void {
    try {
      this.#totals.add(record);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }

  #drift(record: WxRecord, line: number): readonly Reading[] {
    const names = record.names.filter((name) => !KNOWN.has(name) && !this.#unknown.has(name));
    for (const name of names) this.#unknown.add(name);
    const status = record.text("PaymentStatus");
    return [
      ...names.map((name): Reading => ({ kind: "drift", drift: { what: "UNKNOWN_COLUMN", name, line } })),
      ...(status === "" || KNOWN_STATUSES.has(status) ? [] : [unknownValue("PaymentStatus", status, line)]),
    ];
  }
}
