import { inScope } from "../subgraphs/shared/database/scope.ts";
import { endSupportAccess, grantSupportAccess, MOST_HOURS } from "../subgraphs/shared/identity/support-access.ts";
import { ADMINISTRATOR } from "./administer.ts";
import { type Command, UsageError } from "./command.ts";
import { merchantOf } from "./merchants.ts";
import { openSystem } from "./open-system.ts";

const USAGE = "concord support-access [--merchant ID] --user SUB (--reason TEXT --hours N | --end) [--json]";

export const command: Command = {
  summary: `Let one of the platform's people look at a merchant's books for at most ${MOST_HOURS} hours, with the reason`,
  usage: USAGE,
  options: {
    merchant: { type: "string" },
    user: { type: "string" },
    reason: { type: "string" },
    hours: { type: "string" },
    end: { type: "boolean" },
  },
  run: async ({ config, options, positionals, say, report }) => {
    if (positionals.length > 0) throw new UsageError(`support-access takes options only\nusage: ${USAGE}`);
    const asked = askedFor(options);
    const system = await openSystem(config, "stderr");
    try {
      await system.migrate();
      const database = await system.open("worker", 1);
      const merchantId = await merchantOf(database, options.merchant);
      const { userId } = asked;
      const access = { merchantId, ...asked };
      await inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, async (transaction) => {
        if ("end" in access) {
          const ended = await endSupportAccess(transaction, access, ADMINISTRATOR);
          report({ merchantId, userId, ended });
          return say(ended === 0 ? `${userId} had no access to ${merchantId}` : `${userId} sees ${merchantId} no more`);
        }
        const { id, until } = await grantSupportAccess(transaction, access, ADMINISTRATOR);
        report({ merchantId, userId, id, until });
        say(`${userId} sees ${merchantId} until ${until.toISOString()}, and changes nothing; the merchant is told`);
      });
      return 0;
    } finally {
      await system.close();
    }
  },
};

type Asked = { readonly userId: string } & (
  | { readonly end: true }
  | { readonly reason: string; readonly hours: number }
);

function askedFor({ user, reason, hours, end }: Readonly<Record<string, string | boolean | undefined>>): Asked {
  if (typeof user !== "string" || !/^[\x21-\x7e]{1,200}$/.test(user))
    throw new UsageError(`--user must be the subject of the person's token\nusage: ${USAGE}`);
  if (end === true) return { userId: user, end };
  if (typeof reason !== "string" || reason.trim() === "")
    throw new UsageError("--reason must say why: the merchant reads it");
  if (typeof hours !== "string" || !(Number(hours) > 0 && Number(hours) <= MOST_HOURS))
    throw new UsageError(`--hours must be above 0 and at most ${MOST_HOURS}`);
  return { userId: user, reason, hours: Number(hours) };
}
