import type { Transaction } from "../../shared/database/scope.ts";

/** 128 bits as 32 hex digits: the sums of two hashes over a set of rows, so that neither order nor parts matter. */
export type Digest = string;

/** The digest of no rows. */
export const OF_NOTHING: Digest = "0".repeat(32);

/**
 * The digests of the rows `r` of some queries, by what each row's `partition` says, or as of one partition "". PostgreSQL's
 * own hash of a row is used, which costs a tenth of a text's; it keeps its meaning over versions, since tables that are
 * partitioned by it are carried over as they are.
 */
export async function digestsOf(
  transaction: Transaction,
  queries: readonly string[],
  by: "partition" | "''",
): Promise<ReadonlyMap<string, Digest>> {
  const hashes = queries.map(
    (rows) =>
      `select partition, hash_record_extended(r, 1) as first, hash_record_extended(r, 2) as second from (${rows}) q`,
  );
  const sums = await transaction.query<{ partition: string; first: string; second: string }>(
    `select ${by} as partition, coalesce(sum(first), 0)::text as first, coalesce(sum(second), 0)::text as second
     from (${hashes.join(" union all ")}) h
     ${by === "partition" ? "group by partition" : ""}`,
  );
  return new Map(sums.map(({ partition, first, second }) => [partition, toDigest(BigInt(first), BigInt(second))]));
}

/** The digest of all the rows that these are the digests of. */
export function addDigests(digests: readonly Digest[]): Digest {
  const half = (from: number) =>
    digests.reduce((sum, digest) => sum + BigInt(`0x${digest.slice(from, from + 16)}`), 0n);
  return toDigest(half(0), half(16));
}

function toDigest(first: bigint, second: bigint): Digest {
  return [first, second].map((sum) => BigInt.asUintN(64, sum).toString(16).padStart(16, "0")).join("");
}
