import { expect } from "vitest";
import { replayRun } from "../../subgraphs/reconciliation/trials/replay-run.ts";
import type { Ledger } from "./ledger.ts";

/** Fails unless the shop's latest run, given again what it was given, partition by partition, decides the same. */
export async function expectReplayAlike({ rows, services }: Ledger, shopId: string): Promise<void> {
  const [run] = await rows<{ id: string }>(
    "select id from reconciliation.run where merchant_id = $1 order by finished_at desc limit 1",
    [shopId],
  );
  const scope = { merchants: [shopId], user: "user:test" };
  const work = { merchantId: shopId, id: "trial", scope, progress: async () => undefined };
  const { partitions, missing, extra, inputEqual, outputEqual } = await replayRun(services, work, run?.id ?? "");
  const differing = partitions.filter(({ linesEqual, transactionsEqual, outputEqual }) =>
    [linesEqual, transactionsEqual, outputEqual].includes(false),
  );
  expect({ differing, missing: missing.examples, extra: extra.examples, inputEqual, outputEqual }).toEqual({
    differing: [],
    missing: [],
    extra: [],
    inputEqual: true,
    outputEqual: true,
  });
}
