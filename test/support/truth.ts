import { readFile } from "node:fs/promises";
import pg from "pg";

/** A place in a file, `name:line`. */
type Place = string;

export type TrueLine = { readonly place: Place; readonly transaction: TrueTransaction | undefined };

export type TrueTransaction = {
  readonly key: string;
  readonly family: string;
  readonly type: string;
  readonly reference: string;
  readonly terminal?: string;
  readonly localTime: string;
  readonly amount: string;
  readonly finalStatus: string;
  readonly note?: string;
  /** The row that first tells of it: its terminal's, or its provider's own where no terminal saw it. */
  readonly toldAt: Place | undefined;
  readonly isJournalled: boolean;
};

export type Truth = { readonly lines: readonly TrueLine[]; readonly transactions: readonly TrueTransaction[] };

/** Reads the simulator's answer sheet. */
export async function readTruth(path: string): Promise<Truth> {
  const rows = (await readFile(path, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RawRow);
  const transactions = rows
    .filter((row): row is RawTransaction => row.kind === "transaction")
    .map(({ kind: _, journal, source, ...row }) => ({
      ...row,
      toldAt: placeOf(journal ?? source),
      isJournalled: journal !== undefined,
    }));
  const byKey = new Map(transactions.map((transaction) => [transaction.key, transaction]));
  const lines = rows
    .filter((row): row is RawLine => row.kind === "line")
    .map((row) => ({ place: `${row.file}:${row.line}`, transaction: byKey.get(row.transaction ?? "") }));
  return { lines, transactions };
}

/** How the claims stand against the truth. A line is in one list at most; what is in none is right. */
export type Score = {
  readonly right: number;
  /** Claimed by a transaction that it is not the money of, or claimed though it is nobody's. */
  readonly wrong: readonly Place[];
  /** Left open and reported as ambiguous. */
  readonly ambiguous: readonly Place[];
  /** Left open without a word, though its transaction is known. */
  readonly missed: readonly Place[];
};

export async function scoreClaims(databaseUrl: string, { lines, transactions }: Truth): Promise<Score> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<StoredLine>(STORED_LINES);
    const stored = new Map(rows.map((row) => [row.place, row]));
    const told = new Map(transactions.map((transaction) => [transaction.toldAt, transaction]));
    const verdicts = lines.map((line) => ({ place: line.place, verdict: judge(line, stored.get(line.place), told) }));
    const placesOf = (wanted: Verdict) =>
      verdicts.filter(({ verdict }) => verdict === wanted).map(({ place }) => place);
    return {
      right: placesOf("right").length,
      wrong: placesOf("wrong"),
      ambiguous: placesOf("ambiguous"),
      missed: placesOf("missed"),
    };
  } finally {
    await client.end();
  }
}

type Verdict = "right" | "wrong" | "ambiguous" | "missed" | "nobody's";

type Told = ReadonlyMap<Place | undefined, TrueTransaction>;

function judge({ transaction }: TrueLine, stored: StoredLine | undefined, told: Told): Verdict {
  if (!transaction) return stored?.claimed ? "wrong" : "nobody's";
  if (!stored?.claimed) return stored?.ambiguous ? "ambiguous" : "missed";
  const isOwn = transaction.toldAt
    ? stored.told_at.includes(transaction.toldAt)
    : stored.psp_reference === transaction.reference || transaction.reference.startsWith(`${stored.psp_reference}-`);
  return isOwn || isTwin(transaction, stored, told) ? "right" : "wrong";
}

/** A claim that says it is interchangeable is right if its transaction is the true one's equal in all that was told. */
function isTwin(own: TrueTransaction, { interchangeable, told_at }: StoredLine, told: Told): boolean {
  const claimed = told_at.map((place) => told.get(place)).find((found) => found !== undefined);
  if (!interchangeable || !claimed) return false;
  return (["type", "terminal", "localTime", "amount", "family"] as const).every((fact) => own[fact] === claimed[fact]);
}

function placeOf(place: RawPlace | undefined): Place | undefined {
  return place && `${place.file}:${place.line}`;
}

type RawPlace = { readonly file: string; readonly line: number };
type RawLine = RawPlace & { readonly kind: "line"; readonly transaction: string | null };
type RawTransaction = Omit<TrueTransaction, "toldAt" | "isJournalled"> & {
  readonly kind: "transaction";
  readonly journal?: RawPlace;
  readonly source?: RawPlace;
};
type RawRow = RawLine | RawTransaction;

type StoredLine = {
  readonly place: Place;
  readonly claimed: boolean;
  readonly ambiguous: boolean;
  readonly interchangeable: boolean;
  readonly psp_reference: string | null;
  readonly told_at: readonly Place[];
};

/** Every settlement line with the rows of files that tell of the transaction which claims it. */
const STORED_LINES = `
  select f.name || ':' || l.line_number as place, t.psp_reference, c.id is not null as claimed,
    coalesce(c.stage = 'INTERCHANGEABLE', false) as interchangeable,
    exists (select from reconciliation.discrepancy d
      where d.merchant_id = l.merchant_id and d.line_id = l.id and d.type = 'AMBIGUOUS_MATCH' and d.state = 'OPEN')
      as ambiguous,
    array(select teller.name || ':' || e.line_number from transactions.transaction_event e
      join reconciliation.source_file teller on teller.id = e.file_id
      where e.transaction_id = c.transaction_id and e.source = 'FILE') as told_at
  from reconciliation.settlement_line l
  join reconciliation.source_file f on f.id = l.file_id
  left join reconciliation.claim c
    on c.merchant_id = l.merchant_id and c.line_id = l.id and c.released_at is null
  left join transactions.transaction t on t.merchant_id = c.merchant_id and t.id = c.transaction_id`;
