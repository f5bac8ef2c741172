import type { DataSource } from "typeorm";
import {
  grantMembership,
  type MerchantRegistration,
  mapProviderAccount,
  registerMerchant,
} from "../subgraphs/accounts/register.ts";
import { maskCards } from "../subgraphs/shared/card-detector.ts";
import { inScope, PLATFORM } from "../subgraphs/shared/database/scope.ts";
import { UsageError } from "./command.ts";
import { inspectFile } from "./inspect-file.ts";

/** Who acts when a person works on the machine itself. */
export const ADMINISTRATOR = "system:administrator";

/** Demo users and their role everywhere; they exist only where the development issuer signs for them. */
const DEMO_ROLES = ["administrator", "finance", "viewer", "adapter"] as const;
export const DEMO_USERS = DEMO_ROLES.map((role) => `demo:${role}`);

/** Registers a merchant with its places, and lets the demo users in. */
export async function setUpMerchant(database: DataSource, registration: MerchantRegistration): Promise<void> {
  const { id } = registration.merchant;
  await inScope(database, { merchants: [id], user: ADMINISTRATOR }, async (transaction) => {
    await registerMerchant(transaction, registration, ADMINISTRATOR);
    for (const role of DEMO_ROLES) {
      await grantMembership(transaction, { merchantId: id, userId: `demo:${role}`, role }, ADMINISTRATOR);
    }
  });
}

/** Lets the demo administrator see files that belong to no single merchant. */
export async function setUpPlatform(database: DataSource): Promise<void> {
  await inScope(database, { merchants: [PLATFORM], user: ADMINISTRATOR }, (transaction) =>
    grantMembership(
      transaction,
      { merchantId: PLATFORM, userId: "demo:administrator", role: "administrator" },
      ADMINISTRATOR,
    ),
  );
}

/**
 * Maps the provider accounts that a file names, and that nobody has yet, to a merchant. A merchant that is not there is
 * made, and said so: a wrong id must not pass in silence.
 */
export async function mapAccountsOf(
  database: DataSource,
  path: string,
  merchantId: string,
  say: (line: string) => void,
): Promise<void> {
  if (!MERCHANT_ID.test(merchantId) || merchantId === PLATFORM || maskCards(merchantId).found > 0) {
    throw new UsageError(`"${merchantId}" is no merchant id: use letters, digits, "-" and "_", at most 64`);
  }
  const { accounts } = await inspectFile(path).catch(() => ({ accounts: [] }));
  const scope = { merchants: [merchantId], user: ADMINISTRATOR };
  const known = await inScope(database, scope, (transaction) => transaction.query(MERCHANT, [merchantId]));
  if (known.length === 0) {
    say(`there was no merchant "${merchantId}": made it`);
    const merchant = { id: merchantId, name: merchantId, zone: "Europe/Brussels" };
    await setUpMerchant(database, { merchant, locations: [], terminals: [], providerAccounts: [] });
  }
  await inScope(database, scope, async (transaction) => {
    for (const { provider, account } of accounts) {
      const taken = await transaction.query(OWNERS, [provider, account]);
      if (taken.length > 0) continue;
      await mapProviderAccount(transaction, { merchantId, provider, account }, ADMINISTRATOR);
      say(`mapped account "${account}" at ${provider} to ${merchantId}`);
    }
  });
}

const MERCHANT_ID = /^[A-Za-z0-9_-]{1,64}$/;
const MERCHANT = "select from accounts.merchant where merchant_id = $1";
const OWNERS = "select from accounts.provider_account where provider = $1 and account = $2";
