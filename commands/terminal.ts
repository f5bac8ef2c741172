import { linkTerminal } from "../subgraphs/accounts/terminals/terminal-links.ts";
import { appendAudit } from "../subgraphs/shared/audit.ts";
import { inScope } from "../subgraphs/shared/database/scope.ts";
import { AppError } from "../subgraphs/shared/errors.ts";
import { ADMINISTRATOR } from "./administer.ts";
import { type Command, UsageError } from "./command.ts";
import { merchantOf } from "./merchants.ts";
import { openSystem } from "./open-system.ts";

const USAGE =
  "concord terminal --link TID --location ID --from TIME [--until TIME] [--application NAME] [--merchant ID] [--json]";

export const command: Command = {
  summary: "Link a provider's terminal to a merchant's location, from a time on",
  usage: USAGE,
  options: {
    merchant: { type: "string" },
    link: { type: "string" },
    location: { type: "string" },
    from: { type: "string" },
    until: { type: "string" },
    application: { type: "string" },
  },
  run: async ({ config, options, positionals, say, report }) => {
    const { link: tid, location: locationId, application } = options;
    if (positionals.length > 0 || typeof tid !== "string" || typeof locationId !== "string")
      throw new UsageError(`terminal needs --link and --location\nusage: ${USAGE}`);
    const from = timeIn("from", options.from);
    if (from === null) throw new UsageError(`terminal needs --from\nusage: ${USAGE}`);
    const until = timeIn("until", options.until);
    const system = await openSystem(config, "stderr");
    try {
      await system.migrate();
      const database = await system.open("worker", 1);
      const merchantId = await merchantOf(database, options.merchant);
      const text = typeof application === "string" ? application : null;
      const wanted = { merchantId, tid, locationId, application: text, from, until };
      const link = await inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, async (transaction) => {
        const done = await linkTerminal(transaction, wanted, { mayBeFirst: true });
        if (done === "NOT_FOUND") throw new AppError("NOT_FOUND", `${merchantId} has no location "${locationId}".`);
        if (done === "LOCATION_CLOSED")
          throw new AppError("CONFLICT", `The location "${locationId}" is closed: give an --until before it was.`);
        if (typeof done === "string") throw new AppError("CONFLICT", "It is linked already in a part of that time.");
        const act = {
          merchantId,
          actorId: ADMINISTRATOR,
          action: "terminal.link",
          objectId: tid,
          outcome: "DONE",
        } as const;
        await appendAudit(transaction, { ...act, detail: { before: null, after: done.link } });
        return done.link;
      });
      report({ merchantId, ...link });
      say(`${merchantId}: ${tid} is at ${locationId} from ${from.toISOString()} on (${link.id})`);
      return 0;
    } finally {
      await system.close();
    }
  },
};

function timeIn(name: string, text: string | boolean | undefined): Date | null {
  if (text === undefined) return null;
  const time = new Date(String(text));
  if (!/[Zz]|[+-]\d\d:?\d\d$/.test(String(text)) || Number.isNaN(time.getTime()))
    throw new UsageError(`--${name} must be a time with its offset, such as 2026-11-01T00:00:00Z`);
  return time;
}
