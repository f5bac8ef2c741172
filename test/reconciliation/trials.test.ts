import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Rules } from "../../subgraphs/reconciliation/matching/rules.ts";
import type { RulePreview } from "../../subgraphs/reconciliation/trials/preview-rules.ts";
import type { Replay } from "../../subgraphs/reconciliation/trials/replay-run.ts";
import { runTrial } from "../../subgraphs/reconciliation/trials/run-trial.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { type AdyenLine, adyenReport, type JournalEntry, terminalJournal } from "../support/settlement-files.ts";
import { workTrial } from "../support/trial.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger("trials");
});
afterAll(() => ledger.close());

const replay = (shop: Shop, runId: unknown) => workTrial<Replay>(ledger, shop.id, { kind: "REPLAY", input: { runId } });
const runs = (shop: Shop) =>
  ledger.rows("select * from reconciliation.run where merchant_id = $1 order by requested_at", [shop.id]);

const EQUAL = { inputEqual: true, outputEqual: true, missing: { count: 0 }, extra: { count: 0 }, remarks: [] };

const today = new Date().toISOString().slice(0, 10);
const sale = (shop: Shop, entry: Partial<JournalEntry>): JournalEntry => ({
  amount: 1000,
  account: shop.adyen,
  maskedPan: "541333XXXXXX0009",
  time: `${today} 10:00:00`,
  ...entry,
});
const line = (facts: Partial<AdyenLine>): AdyenLine => ({
  gross: 1000,
  fee: 10,
  created: `${today} 10:00:00`,
  booked: `${today} 22:00:00`,
  ...facts,
});

/** Sales by every kind of evidence: a reference, codes that one has and the other learns, twins, and none at all. */
async function traded(): Promise<Shop> {
  const shop = await ledger.openShop();
  await shop.feed(
    terminalJournal(shop.terminal, [
      sale(shop, { pspReference: "PSP1", amount: 1100 }),
      sale(shop, { authCode: "AUTH2", amount: 1200 }),
      sale(shop, { merchantReference: "ORDER3", amount: 1300 }),
      sale(shop, { amount: 1400, stan: "4" }),
      sale(shop, { amount: 1500, authCode: "TWIN", stan: "5" }),
      sale(shop, { amount: 1500, authCode: "TWIN", stan: "6", time: `${today} 10:05:00` }),
    ]),
  );
  await shop.feed(
    adyenReport(shop.adyen, [
      line({ psp: "PSP1", gross: 1100, arn: "85412345678901234567891" }),
      line({ psp: "PSP2", gross: 1200, authorisation: "AUTH2", arn: "85412345678901234567892" }),
      line({ psp: "PSP3", gross: 1300, merchantReference: "ORDER3" }),
      line({ psp: "PSP5", gross: 1500, authorisation: "TWIN" }),
      line({ psp: "PSP7", gross: 700 }),
      line({ type: "Refunded", psp: "PSP2", modification: "R2", gross: -200, fee: 0 }),
    ]),
  );
  await shop.reconcile();
  return shop;
}

describe("a replay", () => {
  test("of the same input decides the same, run after run, though much has come since", async () => {
    const shop = await traded();
    await shop.feed(
      terminalJournal(shop.terminal, [sale(shop, { amount: 700, authCode: "LATE7" }), sale(shop, { amount: 50 })]),
      "later.ndjson",
    );
    await shop.feed(
      adyenReport(shop.adyen, [line({ psp: "PSP8", gross: 800 }), line({ psp: "PSP9", gross: 50 })], { batch: "8" }),
    );
    await shop.reconcile();
    const all = await runs(shop);
    const working = all.filter(({ lines_seen }) => Number(lines_seen) > 0);
    expect(working.length).toBeGreaterThanOrEqual(2);
    expect(new Set(working.map(({ output_digest }) => output_digest)).size).toBeGreaterThan(1);
    for (const { id } of all) expect(await replay(shop, id)).toMatchObject(EQUAL);
  });

  test("of a run whose claims were taken back since still decides the same", async () => {
    const shop = await traded();
    const [run] = (await runs(shop)).filter(({ lines_matched }) => Number(lines_matched) > 0);
    // A correction takes the inferred one's claim back: the same reference with another amount.
    await shop.feed(
      terminalJournal(shop.terminal, [sale(shop, { amount: 701, pspReference: "PSP7" })]),
      "corrected.ndjson",
    );
    await shop.reconcile();
    const released = (await shop.rows("reconciliation.claim")).filter(({ released_at }) => released_at !== null);
    expect(released).toHaveLength(1);
    expect(await replay(shop, run?.id)).toMatchObject(EQUAL);
    for (const { id } of await runs(shop)) expect(await replay(shop, id)).toMatchObject({ outputEqual: true });
  });

  test("stands on the status that a transaction had then, whatever became of it since", async () => {
    const shop = await ledger.openShop();
    const waiting = sale(shop, { pspReference: "PSP2", amount: 500 });
    await shop.feed(terminalJournal(shop.terminal, [waiting]));
    await shop.feed(adyenReport(shop.adyen, [line({ psp: "PSP3", gross: 900 })]));
    await shop.reconcile();
    const [run] = (await runs(shop)).filter(({ lines_seen }) => Number(lines_seen) > 0);
    await shop.feed(terminalJournal(shop.terminal, [{ ...waiting, status: "refused" }]), "refused.ndjson");
    expect(await shop.transactions()).toContainEqual(expect.objectContaining({ base_status: "REFUSED" }));
    expect(await replay(shop, run?.["id"])).toMatchObject(EQUAL);
  });

  test("tells what it cannot put back: a report that wrote over what an earlier one said", async () => {
    const shop = await ledger.openShop();
    const [entry] = [sale(shop, { pspReference: "PSP1", authCode: "AUTH1" })];
    await shop.feed(terminalJournal(shop.terminal, [entry!, sale(shop, { pspReference: "PSP2", amount: 500 })]));
    await shop.feed(adyenReport(shop.adyen, [line({ psp: "PSP3", gross: 900 })]));
    await shop.reconcile();
    const [run] = (await runs(shop)).filter(({ lines_seen }) => Number(lines_seen) > 0);
    const told = sale(shop, { pspReference: "PSP2", amount: 500, authCode: "SINCE", status: "success" });
    const again = await shop.feed(terminalJournal(shop.terminal, [told]), "again.ndjson");
    expect(again.record).toMatchObject({ rows_accepted: 1 });
    const result = await replay(shop, run?.id);
    expect(result).toMatchObject({ inputEqual: false, outputEqual: true });
    expect(result.partitions).toMatchObject([{ linesEqual: true, transactionsEqual: false, outputEqual: true }]);
    expect(result.remarks).toEqual([expect.stringMatching(/^1 transactions .* reported on again/)]);
  });

  test("shows what was tampered with", async () => {
    const shop = await traded();
    const [run] = (await runs(shop)).filter(({ lines_matched }) => Number(lines_matched) > 0);
    await ledger.rows(
      "update reconciliation.claim set stage = 'ARN' where merchant_id = $1 and stage = 'AUTHORISATION'",
      [shop.id],
    );
    await ledger.rows("update reconciliation.run set output_digest = repeat('0', 32) where id = $1", [run?.id]);
    const result = await replay(shop, run?.id);
    expect(result).toMatchObject({ inputEqual: true, outputEqual: false });
    expect(result.missing).toMatchObject({ count: 1, examples: [{ stage: "ARN" }] });
    expect(result.extra).toMatchObject({ count: 1, examples: [{ stage: "AUTHORISATION" }] });
    await ledger.rows(
      "update reconciliation.claim set stage = 'AUTHORISATION' where merchant_id = $1 and stage = 'ARN'",
      [shop.id],
    );
  });
});

describe("a preview of rules", () => {
  const rules = async (change: (rules: Rules) => void): Promise<Rules> => {
    const [row] = await ledger.rows<{ content: string }>(
      "select content from reconciliation.rule_set where merchant_id = 'platform'",
    );
    const built = JSON.parse(row?.content ?? "{}") as Rules;
    change(built);
    return built;
  };
  const preview = (shop: Shop, candidate: Rules) =>
    workTrial<RulePreview>(ledger, shop.id, { kind: "PREVIEW", input: { rules: candidate, days: 30 } });

  test("of the same rules changes no match, and counts what the run counted", async () => {
    const shop = await traded();
    const [run] = (await runs(shop)).filter(({ lines_matched }) => Number(lines_matched) > 0);
    const result = await preview(shop, await rules(() => {}));
    expect(result).toMatchObject({ gained: { count: 0, money: [] }, lost: { count: 0, examples: [] } });
    expect(result.before).toEqual(result.after);
    const { hash, ...outcome } = result.after;
    expect(hash).toBe(run?.rule_set_hash);
    expect(outcome).toEqual({
      seen: run?.lines_seen,
      matched: run?.lines_matched,
      ambiguous: run?.lines_ambiguous,
      byStage: run?.matched_by_stage,
    });
  });

  test("of stricter rules tells what is lost, of which stage and for how much", async () => {
    const shop = await traded();
    const strict = await rules(({ stages }) => Object.assign(stages, { AUTHORISATION: false, SCORED: false }));
    const result = await preview(shop, strict);
    expect(result.lost).toMatchObject({
      count: 1,
      money: [{ amountMinor: "1200", currency: "EUR" }],
      examples: [{ provider: "adyen", stage: "AUTHORISATION", amountMinor: "1200", currency: "EUR" }],
    });
    expect(result.gained).toMatchObject({ count: 0 });
    expect(result.before.matched - result.after.matched).toBe(1);
    const back = await preview(shop, await rules(() => {}));
    expect(back.lost.count).toBe(0);
  });
});

describe("a trial", () => {
  const asked = async (id: string, facts: Record<string, unknown>) => {
    const shop = await ledger.openShop();
    const row = { merchant_id: shop.id, id, kind: "PREVIEW", requested_by: "ann", ...facts };
    const columns = Object.keys(row);
    await ledger.rows(
      `insert into reconciliation.trial (${columns.join(", ")}) values (${columns.map((_, at) => `$${at + 1}`).join(", ")})`,
      Object.values(row),
    );
    await ledger.rows(
      "insert into delivery.outbox (merchant_id, id, kind, subject_id) values ($1, $2, 'RUN_TRIAL', $2)",
      [shop.id, id],
    );
    const worked = async () => {
      await runTrial(ledger.services, shop.id, id);
      return (await shop.rows("reconciliation.trial"))[0];
    };
    return { shop, worked };
  };
  const builtIn = async () => {
    const [row] = await ledger.rows<{ content: string }>(
      "select content from reconciliation.rule_set where merchant_id = 'platform'",
    );
    return JSON.stringify({ rules: JSON.parse(row?.content ?? "") as unknown, days: 3 });
  };

  test("whose worker died is another's once its lease has run out, and not before", async () => {
    const taken = { input: await builtIn(), status: "RUNNING", lease_epoch: 1 };
    const { shop, worked } = await asked("trl_taken", { ...taken, leased_until: "2100-01-01T00:00:00Z" });
    expect(await worked()).toMatchObject({ status: "RUNNING", lease_epoch: 1, result: null });
    await ledger.rows("update reconciliation.trial set leased_until = clock_timestamp() where merchant_id = $1", [
      shop.id,
    ]);
    expect(await worked()).toMatchObject({ status: "SUCCEEDED", lease_epoch: 2, result: { gained: { count: 0 } } });
  });

  test("that cannot be worked out says why, and is not tried again", async () => {
    const { worked } = await asked("trl_none", { input: JSON.stringify({ rules: {}, days: 3 }) });
    const failed = { status: "FAILED", problem: expect.stringContaining("These are no rules"), lease_epoch: 1 };
    expect(await worked()).toMatchObject(failed);
    expect(await worked()).toMatchObject(failed);
  });
});
