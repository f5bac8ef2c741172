import { readFile } from "node:fs/promises";
import { feeScheduleOfText } from "../subgraphs/reconciliation/contracts/fee-schedule.ts";
import { loadContract } from "../subgraphs/reconciliation/contracts/load-contract.ts";
import { inScope } from "../subgraphs/shared/database/scope.ts";
import { ADMINISTRATOR } from "./administer.ts";
import { type Command, UsageError } from "./command.ts";
import { merchantOf } from "./merchants.ts";
import { openSystem } from "./open-system.ts";

export const command: Command = {
  summary: "Load what a provider may charge, so that booked fees are checked against it",
  usage: "concord contract [--merchant ID] FILE [--json]",
  options: { merchant: { type: "string" } },
  run: async ({ config, options, positionals, say, report }) => {
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0) throw new UsageError("name one file, YAML or JSON");
    const schedule = feeScheduleOfText(await readFile(path, "utf8"));
    const system = await openSystem(config, "stderr");
    try {
      await system.migrate();
      const database = await system.open("worker", 1);
      const merchantId = await merchantOf(database, options.merchant);
      const { id, version, isNew } = await inScope(
        database,
        { merchants: [merchantId], user: ADMINISTRATOR },
        (transaction) => loadContract(transaction, merchantId, schedule, ADMINISTRATOR),
      );
      const { provider, account, validFrom, validTo, rates } = schedule;
      report({ merchantId, id, version, isNew, provider, account: account || null, validFrom, validTo });
      const until = validTo === null ? "" : ` to ${validTo}`;
      say(
        `${merchantId}: contract ${id} of ${provider} ${account || "(all accounts)"}, version ${version}, ${rates.length} rates, from ${validFrom}${until}`,
      );
      say(isNew ? "  the next run checks what was booked against it" : "  it was loaded already; nothing was changed");
      return 0;
    } finally {
      await system.close();
    }
  },
};
