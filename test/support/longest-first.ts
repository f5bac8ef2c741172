import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const ROOT = join(import.meta.dirname, "../..");

/** What takes longest, with its seconds. The figures only order the suites, so they need not be right to the second. */
const SECONDS: Readonly<Record<string, number>> = {
  "test/faults/crash-points.test.ts": 180,
  "test/reconciliation/model.test.ts": 150,
  "test/e2e/rolling.test.ts": 90,
  "test/faults/kill-worker.test.ts": 90,
  "test/portal/days-administrator.test.ts": 90,
  "test/faults/late-workers.test.ts": 80,
  "test/shared/embedded-postgres.test.ts": 60,
  "test/adapters/psp-mutations.test.ts": 50,
  "test/portal/first-run.test.ts": 45,
  "test/adapters/acquirer-mutations.test.ts": 40,
  "test/adapters/bank-mutations.test.ts": 40,
  "test/e2e/tenants/tenants.test.ts": 40,
  "test/faults/crash-controls.test.ts": 40,
  "test/faults/kill-reader.test.ts": 40,
  "test/faults/crash-dependencies.test.ts": 40,
  "test/reconciliation/contradictory-files.test.ts": 45,
  "test/reconciliation/side-by-side.test.ts": 35,
  "test/simulator/writers.test.ts": 30,
  "test/simulator/voucher-writers.test.ts": 30,
  "test/subgraphs/one-connection.test.ts": 30,
  "test/engine/differential.test.ts": 25,
  "test/transactions/as-of.test.ts": 25,
  "test/shared/embedded-postgres-places.test.ts": 25,
};

/**
 * Long suites start first, so that none of them is alone at the end. vitest does so by what it remembers of the last run,
 * of which a clean checkout has none.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(suites: TestSpecification[]): Promise<TestSpecification[]> {
    const missing = Object.keys(SECONDS).filter((path) => !existsSync(join(ROOT, path)));
    if (missing.length > 0) throw new Error(`longest-first.ts names suites that are not there: ${missing.join(", ")}`);
    // Suites that share a process do so as long as the next one is of the same project.
    return suites.toSorted(
      (one, other) =>
        groupOf(one) - groupOf(other) ||
        secondsOf(other) - secondsOf(one) ||
        one.project.name.localeCompare(other.project.name),
    );
  }
}

function groupOf({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder;
}

function secondsOf({ moduleId }: TestSpecification): number {
  return SECONDS[relative(ROOT, moduleId)] ?? 0;
}
