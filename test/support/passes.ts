import type { Ledger } from "./ledger.ts";

/** How many passes of runs, of one shop's or of all, were over several partitions: they committed as one. */
export async function passesOverSeveral({ rows }: Ledger, shopId: string | null = null): Promise<number> {
  const [passes] = await rows<{ several: number }>(PASSES, [shopId]);
  return passes?.several ?? 0;
}

const PASSES = `
  select count(*) filter (where partitions > 1)::int as several
  from (
    select count(*) as partitions from reconciliation.run_partition
    where $1::text is null or merchant_id = $1 group by merchant_id, run_id, xmin::text
  ) p`;
