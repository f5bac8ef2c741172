import { runInvariants } from "../subgraphs/shared/invariants/run-invariants.ts";
import type { Command } from "./command.ts";
import { openSystem } from "./open-system.ts";

/** Each query is one core's work, and the smallest machine has two. */
const AT_ONCE = 2;

export const command: Command = {
  summary: "Check that everything stored still holds together",
  usage: "concord check [--json]",
  run: async ({ config, say, report }) => {
    const system = await openSystem(config, "stderr");
    try {
      const results = await runInvariants(await system.open("check", AT_ONCE), AT_ONCE);
      const violated = results.filter(({ count }) => count > 0);
      report({ checked: results.length, violated });
      for (const { name, severity, sentence, count, violations } of violated) {
        say(`${name} (${severity}) ${sentence}: ${count} violations`);
        for (const { key, detail } of violations) say(`  ${key}: ${detail}`);
      }
      say(`${results.length} invariants checked, ${violated.length} violated`);
      return violated.length === 0 ? 0 : 1;
    } finally {
      await system.close();
    }
  },
};
