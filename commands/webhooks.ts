import { listWebhooks, replayWebhooks } from "../subgraphs/reconciliation/webhooks/webhook-list.ts";
import { ADMINISTRATOR } from "./administer.ts";
import type { Command } from "./command.ts";
import { openSystem } from "./open-system.ts";

export const command: Command = {
  summary: "Show what became of providers' webhooks, and work on those kept aside once more",
  usage: "concord webhooks [--replay] [--json]",
  options: { replay: { type: "boolean" } },
  run: async ({ config, options, say, report }) => {
    const system = await openSystem(config, "stderr");
    try {
      await system.migrate();
      const database = await system.open("worker", 1);
      const replayed = options.replay === true ? await replayWebhooks(database, ADMINISTRATOR) : 0;
      const groups = await listWebhooks(database, ADMINISTRATOR);
      report({ replayed, groups });
      if (replayed > 0) say(`${replayed} webhooks are due again; a worker takes them`);
      for (const { provider, status, code, problem, webhooks, deliveries } of groups) {
        say(`${provider}: ${webhooks} ${status.toLowerCase()} (${deliveries} deliveries)${code ? ` ${code}` : ""}`);
        if (problem !== null) say(`  ${problem}`);
      }
      if (groups.length === 0) say("no webhook has come yet");
      return groups.some(({ status }) => status === "QUARANTINED") ? 1 : 0;
    } finally {
      await system.close();
    }
  },
};
