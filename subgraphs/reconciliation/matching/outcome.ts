import type { Transaction } from "../../shared/database/scope.ts";
import { type Digest, digestsOf, OF_NOTHING } from "../runs/digest.ts";
import { TRANSACTION_COLUMNS } from "./open-work.ts";
import { nameOf, type Partition, type Share } from "./partitions.ts";

/** What became of a partition's open lines: seen = matched + inferred + ambiguous + mismatched + waiting. */
export type PartitionCounts = {
  readonly seen: number;
  readonly matched: number;
  readonly inferred: number;
  readonly ambiguous: number;
  readonly mismatched: number;
  readonly byStage: Readonly<Record<string, number>>;
};

/** The digest of one kind of rows, by partition. */
export type DigestOf = (partition: Partition) => Digest;

/** Whose rows are whose. Where a share is a single partition nobody has to ask, which with many lines takes its time. */
type Whose = {
  /** The partition of a row that has a provider and a currency. */
  readonly of: (rows: string) => string;
  /** Joins the line `o` whose partition is asked for. */
  readonly line: (id: string) => string;
};

const whose = (share: Share): Whose =>
  share.length > 1
    ? { of: (rows) => `${rows}.provider || ' ' || ${rows}.currency`, line: (id) => `join open_line o on o.id = ${id}` }
    : { of: () => "''", line: () => "" };

/** A line never changes, so its content is told by its hash; what it leads to may. */
export function digestLines(transaction: Transaction, share: Share): Promise<DigestOf> {
  const { of, line } = whose(share);
  return digests(transaction, share, [
    rows(of("l"), "l.id, l.content_hash, l.resolved_id, l.inferred_transaction", "open_line l"),
    rows(of("o"), "p.line_id, p.transaction_id", `rejected p ${line("p.line_id")}`),
  ]);
}

export function digestTransactions(transaction: Transaction, share: Share): Promise<DigestOf> {
  const { of, line } = whose(share);
  return digests(transaction, share, [
    rows(of("t"), TRANSACTION_AS_TEXT, "open_transaction t"),
    rows(of("o"), "p.transaction_id || ' ' || p.prior_base", `pair p ${line("p.line_id")}`),
  ]);
}

/** Pairs, contradictions and doubts: all that a person would see of it. */
export function digestOutput(transaction: Transaction, share: Share): Promise<DigestOf> {
  const { of, line } = whose(share);
  return digests(transaction, share, [
    rows(of("o"), "p.stage, p.line_id, p.transaction_id, p.part::text", `pair p ${line("p.line_id")}`),
    rows(of("o"), "m.type, m.line_id, m.transaction_id, ''::text", `mismatch m ${line("m.line_id")}`),
    rows(of("c"), "'AMBIGUOUS'::text, c.line_id, c.transaction_id, ''::text", `(${IN_DOUBT}) c`),
  ]);
}

export async function countOutcomes(
  transaction: Transaction,
  share: Share,
): Promise<(partition: Partition) => PartitionCounts> {
  const counted = await transaction.query<Counted>(countsOf(share));
  return (partition) => {
    const own = counted.filter((row) => row.partition === keyIn(share, partition));
    const of = (what: Counted["what"]) => own.filter((row) => row.what === what);
    const count = (what: Counted["what"]) => of(what).reduce((sum, { lines }) => sum + lines, 0);
    const byStage = Object.fromEntries(of("PAIRED").map(({ stage, lines }) => [stage, lines]));
    const inferred = byStage.SETTLEMENT_ONLY ?? 0;
    return {
      seen: count("SEEN"),
      matched: count("PAIRED") - inferred,
      inferred,
      ambiguous: count("AMBIGUOUS"),
      mismatched: count("MISMATCHED"),
      byStage,
    };
  };
}

type Counted = {
  readonly partition: string;
  readonly what: "SEEN" | "AMBIGUOUS" | "MISMATCHED" | "PAIRED";
  readonly stage: string;
  readonly lines: number;
};

/** As PostgreSQL writes a whole row; the provider, which all of a partition have, was not in it from the beginning. */
const TRANSACTION_AS_TEXT = `row(${[...TRANSACTION_COLUMNS, "referred"].map((column) => `t.${column}`).join(", ")})::text`;

const IN_DOUBT = `
  select distinct c.line_id, c.transaction_id, l.provider, l.currency
  from candidate c join unpaired_line l on l.id = c.line_id and l.inferred_claim is null`;

/** Rows `r` of these columns, each with its partition. */
const rows = (partition: string, columns: string, from: string) =>
  `select ${partition} as partition, r from ${from} cross join lateral (select ${columns}) r`;

async function digests(transaction: Transaction, share: Share, queries: readonly string[]): Promise<DigestOf> {
  const byPartition = await digestsOf(transaction, queries, share.length > 1 ? "partition" : "''");
  return (partition) => byPartition.get(keyIn(share, partition)) ?? OF_NOTHING;
}

function keyIn(share: Share, partition: Partition): string {
  return share.length > 1 ? nameOf(partition) : "";
}

function countsOf(share: Share): string {
  const { of, line } = whose(share);
  return `
  select ${of("o")} as partition, 'PAIRED' as what, p.stage, count(*)::int as lines
  from pair p ${line("p.line_id")} group by 1, 3
  union all
  select ${of("l")}, 'SEEN', '', count(*)::int
  from open_line l where l.inferred_claim is null or l.id in (select line_id from pair) group by 1
  union all
  select ${of("c")}, 'AMBIGUOUS', '', count(distinct c.line_id)::int from (${IN_DOUBT}) c group by 1
  union all
  select ${of("o")}, 'MISMATCHED', '', count(distinct m.line_id)::int from mismatch m ${line("m.line_id")} group by 1`;
}
