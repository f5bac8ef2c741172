import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DataSource } from "typeorm";
import { z } from "zod";
import { MerchantRegistration } from "../subgraphs/accounts/register.ts";
import { receiveFile } from "../subgraphs/reconciliation/import/receive-file.ts";
import { inScope } from "../subgraphs/shared/database/scope.ts";
import { piecesOf } from "../subgraphs/shared/file-pieces.ts";
import { zonedInstant } from "../subgraphs/shared/time.ts";
import { ADMINISTRATOR, setUpMerchant } from "./administer.ts";
import type { System } from "./open-system.ts";

/** Registers the sample merchant and takes its files in; what is there already stays as it is. */
export async function loadSamples(system: System, database: DataSource, folder: string): Promise<string> {
  const merchantId = await registerSamples(database, folder);
  for (const name of (await readdir(join(folder, "files"))).sort()) {
    await receiveFile(
      { database, storage: system.storage },
      {
        bytes: piecesOf(join(folder, "files", name)),
        name,
        merchantId,
        origin: "SAMPLES",
        userId: ADMINISTRATOR,
      },
    );
  }
  return merchantId;
}

/** Registers the merchant of a simulated folder; what is there already stays. Gives its id. */
export async function registerSamples(database: DataSource, folder: string): Promise<string> {
  const registration = await readRegistration(folder);
  await setUpMerchant(database, registration);
  return registration.merchant.id;
}

/** The merchant of a simulated folder, as it will be registered. */
export async function sampleMerchant(folder: string): Promise<MerchantRegistration["merchant"]> {
  return (await readRegistration(folder)).merchant;
}

async function readRegistration(folder: string): Promise<MerchantRegistration> {
  return registrationOf(SampleAccounts.parse(JSON.parse(await readFile(join(folder, "accounts.json"), "utf8"))));
}

/** True once every sample file is imported and reconciled. */
export async function areSamplesReady(database: DataSource, merchantId: string): Promise<boolean> {
  const [row] = await inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, (transaction) =>
    transaction.query<{ unfinished: bigint }>(UNFINISHED, [merchantId]),
  );
  return row?.unfinished === 0n;
}

/** `accounts.json` as the simulator writes it: days are inclusive and local to the place. */
const SampleAccounts = z.object({
  merchant: z.object({ key: z.string(), name: z.string(), country: z.string() }),
  locations: z.array(
    z.object({ key: z.string(), name: z.string(), city: z.string(), country: z.string(), zone: z.string() }),
  ),
  terminals: z.array(
    z.object({ terminal: z.string(), location: z.string(), from: z.iso.date(), to: z.iso.date().nullable() }),
  ),
  accounts: z.array(z.object({ provider: z.string(), account: z.string() })),
});

function registrationOf({
  merchant,
  locations,
  terminals,
  accounts,
}: z.output<typeof SampleAccounts>): MerchantRegistration {
  const zoneOf = new Map(locations.map(({ key, zone }) => [key, zone]));
  const dawn = (date: string, location: string) =>
    zonedInstant(`${date} 00:00:00`, zoneOf.get(location) ?? "Europe/Brussels").at.toISOString();
  return MerchantRegistration.parse({
    merchant: { id: `mer_${merchant.key}`, name: merchant.name, zone: locations[0]?.zone ?? "Europe/Brussels" },
    locations: locations.map(({ key, ...location }) => ({ id: `loc_${key}`, ...location })),
    terminals: terminals.map(({ terminal, location, from, to }) => ({
      // A terminal that moved is two stays; each is a terminal of its own place, so that history does not move along.
      id: `ter_${terminal}_${location}`,
      tid: terminal,
      locationId: `loc_${location}`,
      validFrom: dawn(from, location),
      validTo: to === null ? null : dawn(dayAfter(to), location),
    })),
    providerAccounts: accounts.map(({ provider, account }) => ({ provider, account })),
  });
}

function dayAfter(date: string): string {
  const next = new Date(`${date}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

const UNFINISHED = `
  select (select count(*) from reconciliation.source_file
      where merchant_id = $1 and origin = 'SAMPLES' and status in ('RECEIVED', 'PARSING'))
    + (select count(*) from reconciliation.run
      where merchant_id = $1 and trigger = 'FILE' and status in ('QUEUED', 'RUNNING')) as unfinished`;
