import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataSource } from "typeorm";
import { amountAndDate, firstFit } from "../simulator/quality/baselines.ts";
import { readSides } from "../simulator/quality/sides.ts";
import { type Score, score, tallyNotes } from "../simulator/quality/verdicts.ts";
import { simulate } from "../simulator/simulate.ts";
import { importFile } from "../subgraphs/reconciliation/import/import-file.ts";
import { runReconciliation } from "../subgraphs/reconciliation/matching/run-reconciliation.ts";
import { readConfig } from "../subgraphs/shared/config.ts";
import { loadSamples } from "./load-samples.ts";
import { importServices, openSystem, type System } from "./open-system.ts";

export type QualityOptions = {
  readonly seed: number;
  /** First day of three weeks of trade; a change of the clock may fall into them. */
  readonly from: string;
  /** About how many transactions of all kinds. */
  readonly transactions: number;
  readonly progress: (line: string) => void;
};

export type Quality = {
  readonly seed: number;
  readonly from: string;
  readonly lines: number;
  readonly reported: number;
  readonly ours: Score;
  readonly byStage: Readonly<Record<string, Score>>;
  /** Lines left to a person, and lines that nothing was said of, by what had happened to them. */
  readonly leftAmbiguous: Readonly<Record<string, number>>;
  readonly missed: Readonly<Record<string, number>>;
  readonly ambiguousRate: number;
  readonly greedyFirstFit: Score;
  readonly amountAndThreeDays: Score;
};

/**
 * Simulates trade with faults, imports and reconciles it as the product does, in a built-in PostgreSQL of its own, and
 * scores the claims by the simulator's truth, beside two usual matchers on the same rows. Leaves nothing behind.
 */
export async function measureQuality({ seed, from, transactions, progress }: QualityOptions): Promise<Quality> {
  const folder = await mkdtemp(join(tmpdir(), "concord-quality-"));
  try {
    progress(`seed ${seed}: simulating`);
    simulate({ seed, from, faults: true, transactions, outDir: folder });
    const config = readConfig({ CONCORD_DATA: join(folder, "data"), LOG_LEVEL: "error" });
    const system = await openSystem(config, "stderr");
    try {
      return { seed, from, ...(await measure(system, folder, (line) => progress(`seed ${seed}: ${line}`))) };
    } finally {
      await system.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(system: System, folder: string, progress: QualityOptions["progress"]) {
  await system.migrate();
  const database = await system.open("worker", 4);
  const owner = await system.open("owner", 1);
  const merchantId = await loadSamples(system, database, folder);
  const services = importServices(system, database);
  for (const { id, name } of await waiting(owner, "source_file", "status = 'RECEIVED' order by name")) {
    progress(`importing ${name}`);
    await importFile(services, merchantId, id);
  }
  const { lines, reported } = await readSides(owner, join(folder, "truth.ndjson"));
  for (const { id } of await waiting(owner, "run", "status = 'QUEUED' order by requested_at")) {
    progress("matching");
    await runReconciliation(services, merchantId, id);
  }
  progress("scoring");
  const { ours, ambiguous, stages } = await readOurs(owner);
  const scored = (pairs: ReadonlyMap<string, string>) => score(lines, reported, pairs);
  const settled = lines.filter(({ truth }) => truth !== undefined);
  return {
    lines: lines.length,
    reported: reported.length,
    ours: scored(ours),
    byStage: Object.fromEntries([...stages].map(([stage, pairs]) => [stage, scored(pairs)])),
    leftAmbiguous: tallyNotes(lines.filter(({ id }) => ambiguous.has(id))),
    missed: tallyNotes(settled.filter(({ id }) => !ours.has(id) && !ambiguous.has(id))),
    ambiguousRate: lines.filter(({ id }) => ambiguous.has(id)).length / Math.max(1, lines.length),
    greedyFirstFit: scored(firstFit(lines, reported)),
    amountAndThreeDays: scored(amountAndDate(lines, reported)),
  };
}

function waiting(owner: DataSource, table: "source_file" | "run", condition: string) {
  const name = table === "run" ? "id" : "name";
  return owner.query<{ id: string; name: string }[]>(
    `select id, ${name} as name from reconciliation.${table} where ${condition}`,
  );
}

async function readOurs(owner: DataSource) {
  const claims = await owner.query<{ line_id: string; transaction_id: string; stage: string }[]>(
    `select c.line_id, c.transaction_id, c.stage from reconciliation.claim c
     join transactions.transaction t on t.merchant_id = c.merchant_id and t.id = c.transaction_id
     where c.released_at is null and not t.provisional`,
  );
  const open = await owner.query<{ line_id: string }[]>(
    "select line_id from reconciliation.discrepancy where type = 'AMBIGUOUS_MATCH' and state <> 'RESOLVED'",
  );
  const stages = new Map<string, Map<string, string>>();
  for (const { stage, line_id, transaction_id } of claims) {
    stages.set(stage, (stages.get(stage) ?? new Map()).set(line_id, transaction_id));
  }
  return {
    ours: new Map(claims.map((row) => [row.line_id, row.transaction_id])),
    ambiguous: new Set(open.map((row) => row.line_id)),
    stages,
  };
}
