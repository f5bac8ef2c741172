import type { Command } from "./command.ts";
import { openSystem } from "./open-system.ts";

export const command: Command = {
  summary: "Bring the database to this program's version",
  usage: "concord migrate [--json]",
  run: async ({ config, say, report }) => {
    const system = await openSystem(config, "stderr");
    try {
      const applied = await system.migrate();
      report({ applied });
      say(applied.length === 0 ? "the database is up to date" : `applied ${applied.join(", ")}`);
      return 0;
    } finally {
      await system.close();
    }
  },
};
