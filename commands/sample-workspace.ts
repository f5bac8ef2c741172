import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DataSource } from "typeorm";
import { inScope } from "../subgraphs/shared/database/scope.ts";
import type { SampleWorkspace } from "../subgraphs/shared/subgraph/sample-workspace.ts";
import { ADMINISTRATOR, DEMO_USERS } from "./administer.ts";
import { areSamplesReady, loadSamples, sampleMerchant } from "./load-samples.ts";
import type { System } from "./open-system.ts";

type Opened = SampleWorkspace & {
  /** Whether the samples were there and somebody has cleared them, which a start does not undo. */
  readonly wasCleared: () => Promise<boolean>;
};

/** The samples of a folder as a merchant that is loaded and cleared as a whole; undefined where there are none, as in a container. */
export async function openSampleWorkspace(
  system: System,
  database: DataSource,
  folder: string,
): Promise<Opened | undefined> {
  if (!existsSync(folder)) return undefined;
  const { id: merchantId } = await sampleMerchant(folder);
  const names = await readdir(join(folder, "files"));
  const hashes = await Promise.all(names.map(async (name) => hashOf(await readFile(join(folder, "files", name)))));
  const look = async () => {
    const [row] = await inScope(database, { merchants: [merchantId], user: ADMINISTRATOR }, ({ query }) =>
      query<{ is_known: boolean; is_open: boolean }>(LOOK, [merchantId]),
    );
    return { isKnown: row?.is_known === true, isOpen: row?.is_open === true };
  };
  return {
    merchantId,
    hashes,
    users: DEMO_USERS,
    load: async () => {
      await loadSamples(system, database, folder);
    },
    state: async () => {
      if (!(await look()).isOpen) return "ABSENT";
      return (await areSamplesReady(database, merchantId)) ? "LOADED" : "LOADING";
    },
    wasCleared: async () => {
      const { isKnown, isOpen } = await look();
      return isKnown && !isOpen;
    },
  };
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A merchant that nobody may enter is cleared: nothing else takes the last of its people away. */
const LOOK = `
  select exists (select from accounts.merchant where merchant_id = $1) as is_known,
    exists (select from accounts.membership where merchant_id = $1 and disabled_at is null) as is_open`;
