import type { Transaction } from "../../shared/database/scope.ts";
import { KINDS, STILL_OPEN } from "./still-open.ts";

/** What one merchant has with one provider in one currency: matched apart from all else. */
export type Partition = {
  readonly merchantId: string;
  readonly provider: string;
  readonly currency: string;
  /** How many lines are open in it. */
  readonly lines: bigint;
};

/** The partitions with lines that no transaction claims, or that only a transaction inferred from them does. */
export async function findPartitions(
  transaction: Transaction,
  merchantId: string,
  provider: string | null,
  watermark: bigint,
): Promise<Partition[]> {
  const rows = await transaction.query<Omit<Partition, "merchantId">>(PARTITIONS, [merchantId, provider, watermark]);
  return rows.map((row) => ({ merchantId, ...row }));
}

/** The name of a partition among those of its merchant, as `lockShare` and the database know it. */
export function nameOf({ provider, currency }: Pick<Partition, "provider" | "currency">): string {
  return `${provider} ${currency}`;
}

/** A condition on rows that have a provider and a currency; its parameters are `namesOf` the partitions, from a number on. */
export function isOf(partitions: readonly Partition[], rows: string, parameter: number): string {
  const names = partitions.map((_, index) => `($${parameter + 2 * index}, $${parameter + 2 * index + 1})`);
  return `(${rows}.provider, ${rows}.currency) in (${names.join(", ")})`;
}

export function namesOf(partitions: readonly Partition[]): readonly string[] {
  return partitions.flatMap(({ provider, currency }) => [provider, currency]);
}

/** Partitions of one merchant that are matched in one pass and committed as a whole; never none. */
export type Share = readonly Partition[];

export const linesOf = (partitions: readonly Partition[]) => partitions.reduce((sum, { lines }) => sum + lines, 0n);

/**
 * Puts small partitions together, the largest share first: a pass has its price whatever it is over, that of a thousand
 * lines or so. What is put together holds no more than half of all, where that is worth a pass, so that two can be at work.
 */
export function sharesOf(partitions: readonly Partition[], most: bigint): readonly Share[] {
  const half = linesOf(partitions) / 2n;
  const worth = half > WORTH_A_PASS ? half : WORTH_A_PASS;
  const room = worth < most ? worth : most;
  const shares: Partition[][] = [];
  for (const partition of largestFirst(partitions, ({ lines }) => lines)) {
    const share = shares.find((others) => linesOf(others) + partition.lines <= room);
    if (share) share.push(partition);
    else shares.push([partition]);
  }
  return largestFirst(shares, linesOf);
}

const WORTH_A_PASS = 1_000n;

function largestFirst<T>(all: readonly T[], size: (one: T) => bigint): T[] {
  return all.toSorted((one, other) => Number(size(other) - size(one)));
}

const PARTITIONS = `
  select l.provider, l.currency, count(*) as lines
  from reconciliation.settlement_line l
  join ${KINDS} on k.kind = l.kind
  left join reconciliation.claim c on c.merchant_id = l.merchant_id and c.line_id = l.id and c.released_at is null
  where l.merchant_id = $1 and ($2::text is null or l.provider = $2) and l.ingest_seq <= $3
    and ${STILL_OPEN}
  group by l.provider, l.currency
  order by l.provider, l.currency`;
