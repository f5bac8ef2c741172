import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerSamples } from "../../../commands/load-samples.ts";
import { simulate } from "../../../simulator/simulate.ts";
import type { RulePreview } from "../../../subgraphs/reconciliation/trials/preview-rules.ts";
import type { Replay } from "../../../subgraphs/reconciliation/trials/replay-run.ts";
import { type Desk, openDecisions } from "../../support/decision-desk.ts";
import { adyenReport, terminalJournal } from "../../support/settlement-files.ts";
import { workTrial } from "../../support/trial.ts";

const { ledger, openDesk, close } = await openDecisions("replay_history");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "concord-history-"));
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

const replay = (merchantId: string, runId: unknown) =>
  workTrial<Replay>(ledger, merchantId, { kind: "REPLAY", input: { runId } });
const runsOf = (merchantId: string) =>
  ledger.rows(`select * from reconciliation.run where merchant_id = $1 and lines_total > 0 order by requested_at, id`, [
    merchantId,
  ]);

async function unmatch(desk: Desk): Promise<void> {
  const query = "{ matches(filter: { states: [CONFIRMED] }) { edges { node { id } } } }";
  const { data } = await desk.ask("ann", query);
  const matches = data?.["matches"] as { edges: { node: { id: string } }[] } | undefined;
  const answer = await desk.decide("ann", "unmatch", {
    matchId: matches?.edges[0]?.node.id,
    reason: "another purchase",
  });
  expect(answer).toMatchObject({ state: "REVOKED" });
}

test("what people took apart and let be matched again since is put back for a replay", async () => {
  const desk = await openDesk();
  const { shop } = desk;
  await shop.feed(
    terminalJournal(shop.terminal, [{ amount: 1000, account: shop.adyen, authCode: "CODE1", stan: "7" }]),
  );
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000, fee: 15, authorisation: "CODE1" }]));
  await desk.run();
  // Its reference leads to the terminal's transaction by now, which is what makes it a duplicate.
  await shop.feed(adyenReport(shop.adyen, [{ psp: "PSP1", gross: 1000, modification: "AGAIN" }], { batch: "8" }));
  await desk.run();
  await unmatch(desk);
  await expectReplayed(shop.id);
  await desk.run();
  await expectReplayed(shop.id);
  const [rejected] = await shop.rows("reconciliation.rejected_pair");
  await desk.decide("ann", "liftRejectedPair", { rejectedPairId: rejected?.["id"], reason: "it was that purchase" });
  await desk.run();
  await expectReplayed(shop.id);
  const made = (await runsOf(shop.id)).flatMap(({ matched_by_stage }) => Object.keys(matched_by_stage as object));
  expect(made).toEqual(["AUTHORISATION", "SETTLEMENT_ONLY", "AUTHORISATION"]);
});

async function expectReplayed(merchantId: string): Promise<void> {
  for (const { id } of await runsOf(merchantId)) {
    expect(await replay(merchantId, id)).toMatchObject({ inputEqual: true, outputEqual: true, remarks: [] });
  }
}

test("every run of a month with faults decides the same again, and the same rules change no match of it", async () => {
  simulate({ seed: 20_261_128, outDir: folder, transactions: 240, faults: true });
  const merchantId = await registerSamples(ledger.services.database, folder);
  for (const name of (await readdir(join(folder, "files"))).sort()) {
    await ledger.feed(merchantId, await readFile(join(folder, "files", name)), name);
    await ledger.reconcile(merchantId);
  }
  const runs = await runsOf(merchantId);
  expect(runs.length).toBeGreaterThan(5);
  for (const { id } of runs) {
    // A later file may have written over what a transaction said then; its lines and what was decided stand.
    const { partitions, ...replayed } = await replay(merchantId, id);
    expect(partitions.filter(({ linesEqual }) => !linesEqual)).toEqual([]);
    expect(replayed).toMatchObject({ outputEqual: true, missing: { count: 0 }, extra: { count: 0 } });
  }
  const [rules] = await ledger.rows<{ content: string }>("select content from reconciliation.rule_set");
  const input = { rules: JSON.parse(rules?.content ?? "") as unknown, days: 400 };
  const { before, after, gained, lost } = await workTrial<RulePreview>(ledger, merchantId, { kind: "PREVIEW", input });
  expect(before.matched).toBeGreaterThan(100);
  expect([after, gained.count, lost.count]).toEqual([before, 0, 0]);
});
