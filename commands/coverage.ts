import {
  assessCoverage,
  COVERAGE_COLUMNS,
  COVERAGE_FROM,
  type CoverageRow,
} from "../subgraphs/shared/coverage/assess-coverage.ts";
import { inScope } from "../subgraphs/shared/database/scope.ts";
import { ADMINISTRATOR } from "./administer.ts";
import type { Command } from "./command.ts";
import { openSystem } from "./open-system.ts";

export const command: Command = {
  summary: "Say which files are overdue, and which of a numbered series never came",
  usage: "concord coverage [--json]",
  run: async ({ config, say, report }) => {
    const system = await openSystem(config, "stderr");
    try {
      const database = await system.open("check", 1);
      const today = new Date().toISOString().slice(0, 10);
      const rows = await inScope(database, { merchants: [], user: ADMINISTRATOR }, (transaction) =>
        transaction.query<CoverageRow>(ALL),
      );
      const accounts = rows.map(({ merchant_id, provider, account, adapter, files, last_date, ...row }) => {
        const assessed = assessCoverage(row, today);
        return { merchantId: merchant_id, provider, account, adapter, files, coveredUntil: last_date, ...assessed };
      });
      report({ today, accounts });
      for (const { merchantId, adapter, account, coveredUntil, usualDays, dueBy, isSilent, gaps } of accounts) {
        const rhythm = usualDays === null ? "" : `, every ${usualDays} days as a rule`;
        say(`${merchantId} ${adapter} ${account}: up to ${coveredUntil}${rhythm}`);
        if (isSilent) say(`  OVERDUE: the next was due by ${dueBy}; ask the provider for it`);
        for (const { series, from, to } of gaps) say(`  MISSING: ${series} ${from === to ? from : `${from} to ${to}`}`);
      }
      return accounts.every(({ isSilent, gaps }) => !isSilent && gaps.length === 0) ? 0 : 1;
    } finally {
      await system.close();
    }
  },
};

const ALL = `select ${COVERAGE_COLUMNS} from ${COVERAGE_FROM} order by t.merchant_id, t.id`;
