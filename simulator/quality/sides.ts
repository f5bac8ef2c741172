import { readFile } from "node:fs/promises";
import type { DataSource } from "typeorm";
import type { Line, Reported } from "./baselines.ts";

/** A settlement line with the reported transactions that are truly its own: one, or twins that are equal in everything. */
export type TrueLine = Line & { readonly truth: ReadonlySet<string> | undefined; readonly note: string };

type Place = { readonly file: string; readonly line: number };
type TruthRow =
  | (Place & { readonly kind: "line"; readonly transaction: string | null; readonly note?: string })
  | (Told & { readonly kind: "transaction" });
type Told = {
  readonly key: string;
  readonly type: string;
  readonly terminal?: string;
  readonly localTime: string;
  readonly amount: string;
  readonly note?: string;
  readonly journal?: Place;
};

/** Both sides as they were imported, and what the simulator knows of them. Sales that both a terminal and a settlement tell of. */
export async function readSides(
  owner: DataSource,
  truthPath: string,
): Promise<{ readonly lines: readonly TrueLine[]; readonly reported: readonly Reported[] }> {
  const rows = (await readFile(truthPath, "utf8"))
    .trim()
    .split("\n")
    .map((row) => JSON.parse(row) as TruthRow);
  const reported = await owner.query<StoredTransaction[]>(REPORTED);
  const lines = await owner.query<StoredLine[]>(LINES);
  const idAt = new Map(reported.map((row) => [row.place, row.id]));
  const told = new Map(rows.flatMap((row) => (row.kind === "transaction" ? [[row.key, row]] : [])));
  const own = ownTransactions([...told.values()], idAt);
  const keyAt = new Map(rows.flatMap((row) => (row.kind === "line" ? [[placeOf(row), row.transaction]] : [])));
  return {
    reported: reported.map(sideOf),
    lines: lines.map((line) => {
      const key = keyAt.get(line.place) ?? "";
      return { ...sideOf(line), truth: own.get(key), note: told.get(key)?.note ?? "ordinary trade" };
    }),
  };
}

/** Ids by key; the byte-identical have each other's too, since nothing could ever tell which is which. */
function ownTransactions(
  all: readonly Told[],
  idAt: ReadonlyMap<string, string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const alike = new Map<string, Set<string>>();
  const own = new Map<string, Set<string>>();
  for (const { key, type, terminal, localTime, amount, note, journal } of all) {
    const id = journal && idAt.get(placeOf(journal));
    if (!id) continue;
    const kind = note === "identical twins" ? [type, terminal, localTime, amount].join(" ") : key;
    const ids = (alike.get(kind) ?? new Set()).add(id);
    alike.set(kind, ids);
    own.set(key, ids);
  }
  return own;
}

function placeOf({ file, line }: Place): string {
  return `${file}:${line}`;
}

function sideOf({ id, reference, amount_minor, at }: StoredLine): Line {
  return { id, reference, amountMinor: BigInt(amount_minor), at: at.getTime() };
}

type StoredLine = {
  readonly id: string;
  readonly place: string;
  readonly reference: string | null;
  readonly amount_minor: string;
  readonly at: Date;
};
type StoredTransaction = StoredLine;

const REPORTED = `
  select distinct on (t.id) t.id, f.name || ':' || e.line_number as place, t.psp_reference as reference,
    t.amount_minor::text, t.occurred_at as at
  from transactions.transaction t
  join transactions.transaction_event e on e.merchant_id = t.merchant_id and e.transaction_id = t.id and e.source = 'FILE'
  join reconciliation.source_file f on f.id = e.file_id and f.name like 'terminal-journal%'
  where t.provider in ('adyen', 'edenred') and t.base_status = 'PROCESSING'
  order by t.id, e.line_number`;

const LINES = `
  select l.id, f.name || ':' || l.line_number as place, l.reference, abs(coalesce(l.processing_minor, l.gross_minor))::text as amount_minor,
    l.occurred_at as at
  from reconciliation.settlement_line l
  join reconciliation.source_file f on f.id = l.file_id
  where l.provider in ('adyen', 'edenred') and l.kind = 'SALE'
  order by f.name, l.line_number`;
