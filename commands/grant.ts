import { type Grant, grantMembership } from "../subgraphs/accounts/register.ts";
import { maskCards } from "../subgraphs/shared/card-detector.ts";
import { inScope } from "../subgraphs/shared/database/scope.ts";
import { type BuiltInRole, PERMISSIONS_BY_ROLE } from "../subgraphs/shared/identity/permissions.ts";
import { ADMINISTRATOR } from "./administer.ts";
import { type Command, UsageError } from "./command.ts";
import { merchantOf } from "./merchants.ts";
import { openSystem } from "./open-system.ts";

const USAGE =
  "concord grant [--merchant ID] --user SUB --role ROLE [--locations A,B] [--provider NAME [--accounts A,B]] [--json]";
const ROLES = Object.keys(PERMISSIONS_BY_ROLE) as BuiltInRole[];

export const command: Command = {
  summary: "Give a user, or a provider's machine, a role at a merchant in place of the one it had",
  usage: USAGE,
  options: {
    merchant: { type: "string" },
    user: { type: "string" },
    role: { type: "string" },
    provider: { type: "string" },
    accounts: { type: "string" },
    locations: { type: "string" },
  },
  run: async ({ config, options, positionals, say, report }) => {
    if (positionals.length > 0) throw new UsageError(`grant takes options only\nusage: ${USAGE}`);
    const asked = grantOf(options);
    const system = await openSystem(config, "stderr");
    try {
      await system.migrate();
      const database = await system.open("worker", 1);
      const merchantId = await merchantOf(database, options.merchant);
      const grant = { merchantId, ...asked };
      const isNew = await inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, (transaction) =>
        grantMembership(transaction, grant, ADMINISTRATOR),
      );
      report({ ...grant, isNew });
      const bound = asked.provider === undefined ? "" : `, for ${asked.provider}`;
      const accounts = asked.accounts === undefined ? "" : ` (${asked.accounts.join(", ")})`;
      const places = asked.locations === undefined ? "" : `, at ${asked.locations.join(", ")} only`;
      say(`${merchantId}: ${asked.userId} is ${asked.role}${places}${bound}${accounts}`);
      say(isNew ? "  it holds within five seconds" : "  it was so already; nothing was changed");
      return 0;
    } finally {
      await system.close();
    }
  },
};

function grantOf({
  user,
  role,
  provider,
  accounts,
  locations,
}: Readonly<Record<string, string | boolean | undefined>>): Omit<Grant, "merchantId"> {
  if (typeof user !== "string" || !/^[\x21-\x7e]{1,200}$/.test(user) || maskCards(user).found > 0)
    throw new UsageError(`--user must be the subject of the user's token\nusage: ${USAGE}`);
  const known = ROLES.find((each) => each === role);
  if (!known) throw new UsageError(`--role must be one of ${ROLES.join(", ")}\nusage: ${USAGE}`);
  if (provider !== undefined && known !== "adapter")
    throw new UsageError("--provider is for the role adapter: people see all providers");
  if (accounts !== undefined && provider === undefined)
    throw new UsageError("--accounts needs the --provider they are at");
  if (locations !== undefined && known === "adapter")
    throw new UsageError("--locations is for people: a machine sends files of the whole merchant");
  return {
    userId: user,
    role: known,
    ...(typeof provider === "string" && { provider }),
    ...(typeof accounts === "string" && { accounts: accounts.split(",") }),
    ...(typeof locations === "string" && { locations: [...new Set(locations.split(","))].sort() }),
  };
}
