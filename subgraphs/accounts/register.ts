import { z } from "zod";
import { appendAudit } from "../shared/audit.ts";
import type { Transaction } from "../shared/database/scope.ts";
import { AppError } from "../shared/errors.ts";
import type { BuiltInRole } from "../shared/identity/permissions.ts";

const Zone = z.string().refine((zone) => Intl.supportedValuesOf("timeZone").includes(zone), "is no IANA time zone");

/** A merchant with its places, as an administrator's file (or the samples') describes it. */
export const MerchantRegistration = z.object({
  merchant: z.object({ id: z.string().min(1), name: z.string().min(1), zone: Zone }),
  locations: z.array(
    z.object({
      id: z.string().min(1),
      name: z.string().min(1),
      city: z.string().optional(),
      country: z.string().length(2),
      zone: Zone,
    }),
  ),
  terminals: z.array(
    z.object({
      id: z.string().min(1),
      tid: z.string().min(1),
      locationId: z.string().min(1),
      application: z.string().optional(),
      validFrom: z.iso.datetime({ offset: true }),
      validTo: z.iso.datetime({ offset: true }).nullish(),
    }),
  ),
  providerAccounts: z.array(
    z.object({ provider: z.string().min(1), account: z.string().min(1), locationId: z.string().nullish() }),
  ),
});
export type MerchantRegistration = z.output<typeof MerchantRegistration>;

/** Writes a merchant and its places; what is there already stays as it is. */
export async function registerMerchant(
  transaction: Transaction,
  { merchant, locations, terminals, providerAccounts }: MerchantRegistration,
  actorId: string,
): Promise<void> {
  const added = await transaction.change(MERCHANT, [merchant.id, merchant.name, merchant.zone]);
  for (const { id, name, city, country, zone } of locations) {
    await transaction.query(LOCATION, [merchant.id, id, name, city ?? null, country, zone]);
  }
  for (const { id, tid, locationId, application, validFrom, validTo } of terminals) {
    await transaction.query(TERMINAL, [
      merchant.id,
      id,
      tid,
      locationId,
      application ?? null,
      validFrom,
      validTo ?? null,
    ]);
  }
  for (const { provider, account, locationId } of providerAccounts) {
    await transaction.query(PROVIDER_ACCOUNT, [merchant.id, provider, account, locationId ?? null]);
  }
  if (added === 0) return;
  await appendAudit(transaction, {
    merchantId: merchant.id,
    actorId,
    action: "merchant.register",
    objectId: merchant.id,
    outcome: "DONE",
    detail: { name: merchant.name, locations: locations.length, terminals: terminals.length },
  });
}

/** Says that a provider's account is this merchant's. Returns false if it was so already. */
export async function mapProviderAccount(
  transaction: Transaction,
  mapping: { readonly merchantId: string; readonly provider: string; readonly account: string },
  actorId: string,
): Promise<boolean> {
  const { merchantId, provider, account } = mapping;
  if ((await transaction.change(PROVIDER_ACCOUNT, [merchantId, provider, account, null])) === 0) return false;
  await appendAudit(transaction, {
    merchantId,
    actorId,
    action: "provider-account.map",
    objectId: `${provider} ${account}`,
    outcome: "DONE",
    detail: { provider, account },
  });
  return true;
}

/** What a user, or a provider's machine, is granted at a merchant. */
export type Grant = {
  readonly merchantId: string;
  /** The subject of the access token. */
  readonly userId: string;
  readonly role: BuiltInRole;
  /** The one provider whose files a machine may send, and of that some accounts only; all where they are left out. */
  readonly provider?: string;
  readonly accounts?: readonly string[];
  /** Ids of the merchant's locations that a person sees, and no more; the whole merchant where they are left out. */
  readonly locations?: readonly string[];
};

/**
 * Grants it in place of what was granted before, which stands in the audit beside it. Returns false if it was so already.
 * @throws AppError NOT_FOUND for a location that the merchant does not have
 */
export async function grantMembership(transaction: Transaction, grant: Grant, actorId: string): Promise<boolean> {
  const { merchantId, userId, role, provider = null, accounts = null, locations = null } = grant;
  const [unknown] = await transaction.query<{ id: string }>(UNKNOWN_LOCATIONS, [merchantId, locations ?? []]);
  if (unknown) throw new AppError("NOT_FOUND", `${merchantId} has no location "${unknown.id}": check its id.`);
  const [before = null] = await transaction.query(MEMBERSHIP_BEFORE, [merchantId, userId]);
  const granted = [merchantId, userId, role, provider, accounts, locations];
  if ((await transaction.change(MEMBERSHIP, granted)) === 0) return false;
  await appendAudit(transaction, {
    merchantId,
    actorId,
    action: "membership.grant",
    objectId: userId,
    outcome: "DONE",
    detail: { role, provider, accounts, locations, before },
  });
  return true;
}

const MERCHANT = "insert into accounts.merchant (merchant_id, name, zone) values ($1, $2, $3) on conflict do nothing";

const LOCATION = `
  insert into accounts.location (merchant_id, id, name, city, country, zone) values ($1, $2, $3, $4, $5, $6)
  on conflict do nothing`;

const TERMINAL = `
  insert into accounts.terminal (merchant_id, id, tid, location_id, application, valid_from, valid_to)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict do nothing`;

const PROVIDER_ACCOUNT = `
  insert into accounts.provider_account (merchant_id, provider, account, location_id) values ($1, $2, $3, $4)
  on conflict do nothing`;

const MEMBERSHIP = `
  insert into accounts.membership as m (merchant_id, user_id, role, provider, accounts, locations)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (merchant_id, user_id) do update
  set role = excluded.role, group_id = null, disabled_at = null, version = m.version + 1, provider = excluded.provider, accounts = excluded.accounts, locations = excluded.locations
  where m.disabled_at is not null or (m.role, m.provider, m.accounts, m.locations)
    is distinct from (excluded.role, excluded.provider, excluded.accounts, excluded.locations)`;

const MEMBERSHIP_BEFORE = `
  select role, group_id, disabled_at, provider, accounts, locations from accounts.membership
  where merchant_id = $1 and user_id = $2 for update`;

const UNKNOWN_LOCATIONS = `
  select asked.id from unnest($2::text[]) asked (id)
  where not exists (select from accounts.location l where l.merchant_id = $1 and l.id = asked.id) limit 1`;
