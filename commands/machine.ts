import { type Asked as MachineWork, workOnMachine } from "../subgraphs/accounts/machines/work-on-machine.ts";
import { inScope } from "../subgraphs/shared/database/scope.ts";
import { ADMINISTRATOR } from "./administer.ts";
import { type Command, UsageError } from "./command.ts";
import { merchantOf } from "./merchants.ts";
import { openSystem } from "./open-system.ts";

const USAGE = `concord machine [--merchant ID] (--create NAME --provider NAME [--accounts A,B] [--days N]
  | --rotate MACHINE [--overlap HOURS] [--days N] | --revoke MACHINE [--key KEY]) [--json]`;

export const command: Command = {
  summary: "Give a provider's machine a key for files and webhooks, rotate it or take it away",
  usage: USAGE,
  options: {
    merchant: { type: "string" },
    create: { type: "string" },
    provider: { type: "string" },
    accounts: { type: "string" },
    days: { type: "string" },
    rotate: { type: "string" },
    overlap: { type: "string" },
    revoke: { type: "string" },
    key: { type: "string" },
  },
  run: async ({ config, options, positionals, say, report }) => {
    if (positionals.length > 0) throw new UsageError(`machine takes options only\nusage: ${USAGE}`);
    const asked = askedFor(options);
    const system = await openSystem(config, "stderr");
    try {
      await system.migrate();
      const database = await system.open("worker", 1);
      const merchantId = await merchantOf(database, options.merchant);
      const done = await inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, (transaction) =>
        workOnMachine(transaction, merchantId, asked, ADMINISTRATOR),
      );
      report({ merchantId, ...done });
      if (done.key === null) say(`${merchantId}: ${done.keyId ?? done.machineId} is refused from now on`);
      else {
        say(`${merchantId}: ${done.machineId} has the key ${done.keyId}; it is shown this once:`);
        say(done.key);
      }
      return 0;
    } finally {
      await system.close();
    }
  },
};

function askedFor(options: Readonly<Record<string, string | boolean | undefined>>): MachineWork {
  const text = (name: string) => (typeof options[name] === "string" ? String(options[name]) : undefined);
  const [create, rotate, revoke, provider] = ["create", "rotate", "revoke", "provider"].map(text);
  if ([create, rotate, revoke].filter((each) => each !== undefined).length !== 1)
    throw new UsageError(`machine needs one of --create, --rotate and --revoke\nusage: ${USAGE}`);
  const days = numberIn("days", text("days"));
  if (create !== undefined) {
    if (provider === undefined) throw new UsageError("--create needs the --provider that the machine sends for");
    return { verb: "create", name: create, provider, accounts: text("accounts")?.split(",") ?? null, days };
  }
  if (rotate !== undefined)
    return { verb: "rotate", machineId: rotate, days, overlapHours: numberIn("overlap", text("overlap")) };
  return { verb: "revoke", machineId: revoke ?? "", keyId: text("key") ?? null };
}

function numberIn(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,4}$/.test(text)) throw new UsageError(`--${name} must be a whole number, and "${text}" is not`);
  return Number(text);
}
