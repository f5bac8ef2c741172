import type { Transaction } from "../../shared/database/scope.ts";

/** 128 bits as 32 hex digits: the sums of two hashes over a set of rows, so that neither order nor parts matter. */
export type Digest = string;

/**
 * The digest of the rows of some queries. PostgreSQL's own hash of a row is used, which costs a tenth of a text's; it keeps
 * its meaning over versions, since tables that are partitioned by it are carried over as they are.
 */
export async function digestOf(transaction: Transaction, queries: readonly string[]): Promise<Digest> {
  const hashes = queries.map(
    (rows) => `select hash_record_extended(r, 1) as first, hash_record_extended(r, 2) as second from (${rows}) r`,
  );
  const [sums] = await transaction.query<{ first: string; second: string }>(
    `select coalesce(sum(first), 0)::text as first, coalesce(sum(second), 0)::text as second
     from (${hashes.join(" union all ")}) h`,
  );
  return toDigest(BigInt(sums?.first ?? 0), BigInt(sums?.second ?? 0));
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
