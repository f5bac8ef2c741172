import type { BankEntry } from "../../subgraphs/shared/bank-entry.ts";
import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Money } from "../../subgraphs/shared/money.ts";
import type { Reading, Row, SettlementAdapter } from "../adapter.ts";
import { type CamtDetail, detailOf, entryOf } from "../bank/camt-entry.ts";
import { accountOf, CamtStatement, signedAmount } from "../bank/camt-statement.ts";
import { Identities, referenceOf } from "../bank/entries.ts";
import { unknownValue } from "../readers/drift.ts";
import { ofFile } from "../readers/rows.ts";
import { readXml } from "../readers/xml.ts";
import { elementAt, textAt, type XmlElement, xmlText } from "../readers/xml-element.ts";
import type { XmlRecord } from "../readers/xml-trees.ts";

/**
 * What a bank books, by ISO 20022: camt.053 (statement) and camt.054 (notification), in every version, several statements
 * a file. Amounts are unsigned with `CdtDbtInd`, which is the booked direction even where `RvslInd` says that an entry
 * takes back another. A statement's balances must make each other; a notification has none, and repeats what the
 * statement will say under the same `AcctSvcrRef`. Entries that are not booked, and those of a camt.052, which come again
 * once they are, are skipped. Names and addresses are not even kept in memory.
 */
export const adapter: SettlementAdapter = { name: "camt", provider: "bank", accepts, read };

const MESSAGES: Readonly<Record<string, string>> = {
  "camt.052": "Document/BkToCstmrAcctRpt/Rpt",
  "camt.053": "Document/BkToCstmrStmt/Stmt",
  "camt.054": "Document/BkToCstmrDbtCdtNtfctn/Ntfctn",
};
const PARTS = ["", "/Id", "/Acct", "/Bal", "/Ntry", "/Ntry/NtryDtls/TxDtls"];
/** The first version has its number in the names. */
const BASES = Object.values(MESSAGES).flatMap((base) => [base, firstVersion(base)]);
const RECORDS = ["Document", ...BASES.flatMap((base) => PARTS.map((part) => base + part))];
const OMITTED = ["Nm", "PstlAdr", "CtctDtls", "Ownr", "RltdPties", "RltdAgts", "MsgRcpt", "PrvtId"];
const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:(camt\.05[234])\.001\.(\d\d)$/;

function accepts(head: string): boolean {
  const root = /<(?:[\w.-]+:)?Document\s[^>]*/.exec(head)?.[0] ?? "";
  return /\sxmlns(?::[\w.-]+)?\s*=\s*["']urn:iso:std:iso:20022:tech:xsd:camt\.05[234]\.001\.\d\d["']/.test(root);
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  let reader: CamtReader | undefined;
  for await (const { namespace, records } of readXml(file, { records: RECORDS, omit: OMITTED })) {
    reader ??= new CamtReader(namespace);
    const readings = records.flatMap((record) => reader!.take(record));
    if (readings.length > 0) yield readings;
  }
  if (!reader?.hasStatement) {
    throw new AppError("FILE_REJECTED", "the file has no statement in it; ask the bank for it again");
  }
}

class CamtReader {
  hasStatement = false;
  /** What a record is, by its path. */
  readonly #parts: ReadonlyMap<string, string>;
  readonly #isInterim: boolean;
  /** Since version 8 of each message the status is an element of its own. */
  readonly #wrapsStatus: boolean;
  #identities = new Identities();
  #statement = new CamtStatement();
  #details: CamtDetail[] = [];
  #entries = 0;
  #lastLine = 0;

  constructor(namespace: string) {
    const [, message = "", version = ""] = NAMESPACE.exec(namespace) ?? [];
    const base = MESSAGES[message] ?? "";
    const statement = version === "01" ? firstVersion(base) : base;
    this.#parts = new Map(PARTS.map((part) => [statement + part, part]));
    this.#isInterim = message === "camt.052";
    this.#wrapsStatus = Number(version) >= 8;
  }

  take({ path, line, element }: XmlRecord): readonly Reading[] {
    const part = this.#parts.get(path);
    if (part === undefined) {
      if (path === "Document") return [];
      throw new AppError("FILE_REJECTED", `line ${line}: the file holds another message than its namespace says`);
    }
    switch (part) {
      case "/Id":
        this.#statement.id = element.text.trim();
        return [];
      case "/Acct":
        this.#statement.account = accountOf(element);
        return [];
      case "/Bal":
        if (!this.#isInterim) ofFile(line, () => this.#statement.addBalance(element));
        return [];
      case "/Ntry/NtryDtls/TxDtls":
        this.#details.push(detailOf(element));
        return NOTHING;
      case "/Ntry":
        return this.#entry(line, element);
      default:
        return this.#end(line, element);
    }
  }

  #entry(line: number, element: XmlElement): readonly Reading[] {
    const details = this.#details;
    this.#details = [];
    this.#entries += 1;
    const { account } = this.#statement;
    if (account === "") throw new AppError("FILE_REJECTED", `line ${line}: an entry stands before its account`);
    const place = { line, element };
    try {
      const status = this.#statusOf(element, line);
      const amount = signedAmount(element);
      this.#statement.add(amount, status === "BOOK");
      if (this.#isInterim) return [this.#skipped(place, "a report of the day: the entry comes again in the statement")];
      if (NOT_BOOKED[status] !== undefined) return [this.#skipped(place, NOT_BOOKED[status])];
      if (status === "BOOK") return [this.#booked(place, amount, details)];
      const problem = `the status "${status.slice(0, 20)}" is not known, so whether it is booked is not either`;
      return [unknownValue("Ntry/Sts", status, line), this.#rejected(place, problem)];
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "FILE_REJECTED") throw error;
      return [this.#rejected(place, error.message)];
    }
  }

  #booked(place: Place, amount: Money, details: readonly CamtDetail[]): Row {
    const { account, name: statement } = this.#statement;
    const reference = referenceOf(textAt(place.element, "AcctSvcrRef"));
    const only = details.length === 1 ? details[0]?.bankReference : undefined;
    const entry = entryOf(place.element, { account, statement, amount, details });
    const identity = this.#identities.of(reference ?? only);
    if (identity !== undefined) entry.identity = identity;
    return new BankRow({ line: this.#lineFor(place.line), element: place.element }, entry);
  }

  #statusOf(element: XmlElement, line: number): string {
    const wrapped = textAt(element, "Sts/Cd") ?? textAt(element, "Sts/Prtry");
    const plain = elementAt(element, "Sts")?.text.trim() || undefined;
    if ((this.#wrapsStatus ? plain : wrapped) !== undefined) {
      const message = `line ${line}: the entry is written as another version than the file's namespace says`;
      throw new AppError("FILE_REJECTED", `${message}; ask the bank which holds`);
    }
    return wrapped ?? plain ?? "";
  }

  #end(line: number, element: XmlElement): readonly Reading[] {
    this.hasStatement = true;
    const statement = this.#statement;
    const isEmpty = this.#entries === 0;
    this.#statement = new CamtStatement();
    this.#identities = new Identities();
    this.#entries = 0;
    if (statement.account === "") throw new AppError("FILE_REJECTED", "a statement names no account; fetch it again");
    const nothing = isEmpty ? [this.#skipped({ line, element }, "the statement has no entries")] : [];
    return [...nothing, ...statement.totals(element)];
  }

  #skipped({ line, element }: Place, reason: string): Row {
    return { kind: "skipped", line: this.#lineFor(line), raw: xmlText(element), reason };
  }

  #rejected({ line, element }: Place, problem: string): Row {
    return { kind: "rejected", line: this.#lineFor(line), raw: xmlText(element), problem };
  }

  /** No two rows share a line. */
  #lineFor(line: number): number {
    this.#lastLine = Math.max(line, this.#lastLine + 1);
    return this.#lastLine;
  }
}

/** A row whose text is made when somebody asks for it: most rows are taken, and nobody does. */
class BankRow {
  readonly kind = "bank";
  readonly line: number;
  readonly entry: BankEntry;
  readonly #element: XmlElement;

  constructor({ line, element }: Place, entry: BankEntry) {
    this.line = line;
    this.entry = entry;
    this.#element = element;
  }

  get raw(): string {
    return xmlText(this.#element);
  }
}

function firstVersion(base: string): string {
  return base.replace(/\/(\w+)\//, "/$1V01/");
}

const NOTHING: readonly Reading[] = [];

const NOT_BOOKED: Readonly<Record<string, string>> = {
  PDNG: "the entry is pending: it comes again when it is booked",
  FUTR: "the entry is of a later day: it comes again when it is booked",
  INFO: "the entry is for information and books nothing",
};

type Place = { readonly line: number; readonly element: XmlElement };
