import { readFile } from "node:fs/promises";
import type { DataSource } from "typeorm";
import { hashOfRules } from "../subgraphs/reconciliation/matching/rules.ts";
import { activateRuleSet, addRuleSet, rulesOfText } from "../subgraphs/reconciliation/rule-sets/change-rules.ts";
import { activeRuleSet } from "../subgraphs/reconciliation/rule-sets/rule-sets.ts";
import type { ChangedMatches, RulePreview } from "../subgraphs/reconciliation/trials/preview-rules.ts";
import { inScope, type Transaction } from "../subgraphs/shared/database/scope.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { formatDecimal } from "../subgraphs/shared/money.ts";
import { ADMINISTRATOR } from "./administer.ts";
import { type Command, UsageError } from "./command.ts";
import { merchantOf } from "./merchants.ts";
import { importServices, openSystem } from "./open-system.ts";
import { workTrial } from "./work-trial.ts";

export const command: Command = {
  summary: "Show the rules of matching, try others on the recent history, add and activate them",
  usage:
    "concord rules [--merchant ID] [--preview FILE [--days N] | --add FILE --note TEXT | --activate HASH] [--json]",
  options: {
    merchant: { type: "string" },
    preview: { type: "string" },
    days: { type: "string" },
    add: { type: "string" },
    note: { type: "string" },
    activate: { type: "string" },
  },
  run: async ({ config, options, say, report }) => {
    const system = await openSystem(config, "stderr");
    try {
      await system.migrate();
      const database = await system.open("worker", 3);
      const merchantId = await merchantOf(database, options.merchant);
      const change = { merchantId, actorId: ADMINISTRATOR };
      if (typeof options.preview === "string") {
        const rules = rulesOfText(await readFile(options.preview, "utf8"));
        const question = { kind: "PREVIEW", input: { rules, days: daysOf(options.days) } } as const;
        const preview = await workTrial<RulePreview>(importServices(system, database), merchantId, question);
        report(preview);
        describe(say, preview);
      } else if (typeof options.add === "string") {
        const rules = rulesOfText(await readFile(options.add, "utf8"));
        const { note } = options;
        if (typeof note !== "string" || note === "") throw new UsageError("say what the rules are for with --note");
        const hash = await inMerchant(database, merchantId, (each) => addRuleSet(each, change, { rules, note }));
        report({ merchantId, hash });
        say(`${merchantId}: rules ${hash} are there; put them in force with --activate ${hash}`);
      } else if (typeof options.activate === "string") {
        const wanted = { hash: options.activate, activeFrom: null };
        const hash = await inMerchant(database, merchantId, (each) => activateRuleSet(each, change, wanted));
        if (hash === undefined) throw new AppError("NOT_FOUND", `there are no rules of hash "${wanted.hash}"`);
        report({ merchantId, hash });
        say(`${merchantId}: rules ${hash} are in force`);
      } else {
        const { version, rules } = await inMerchant(database, merchantId, (each) => activeRuleSet(each, merchantId));
        report({ merchantId, version, hash: hashOfRules(rules), rules });
        say(`${merchantId}: version ${version}, hash ${hashOfRules(rules)}`);
        say(JSON.stringify(rules, null, 2));
      }
      return 0;
    } finally {
      await system.close();
    }
  },
};

function inMerchant<Result>(
  database: DataSource,
  merchantId: string,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, work);
}

function daysOf(given: string | boolean | undefined): number {
  const days = given === undefined ? 30 : Number(given);
  if (Number.isInteger(days) && days >= 1 && days <= 400) return days;
  throw new UsageError(`--days must be 1 to 400, and ${String(given)} is not`);
}

function describe(say: (line: string) => void, { from, before, after, gained, lost }: RulePreview): void {
  say(`lines booked from ${from} on, matched again by both; nothing was changed`);
  for (const [name, outcome] of [
    ["active rules", before],
    ["given rules", after],
  ] as const) {
    say(`  ${name} ${outcome.hash}: ${outcome.matched} of ${outcome.seen} matched, ${outcome.ambiguous} ambiguous`);
    for (const [stage, lines] of Object.entries(outcome.byStage)) say(`    ${stage}: ${lines}`);
  }
  describeChanged(say, "gained", gained);
  describeChanged(say, "lost", lost);
}

function describeChanged(say: (line: string) => void, what: string, { count, money, examples }: ChangedMatches): void {
  const sums = money
    .map(({ amountMinor, currency }) => `${formatDecimal({ amountMinor: BigInt(amountMinor), currency })} ${currency}`)
    .join(", ");
  say(`  ${what}: ${count}${count === 0 ? "" : `, ${sums}`}`);
  for (const { stage, lineId, transactionId } of examples) say(`    ${stage}: ${lineId} with ${transactionId}`);
}
