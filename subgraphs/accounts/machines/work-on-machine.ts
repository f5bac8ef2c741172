import { appendAudit } from "../../shared/audit.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import { lockAccounts } from "../change-account.ts";
import {
  addMachine,
  isNameTaken,
  type MachineFacts,
  machineFacts,
  revoke,
  rotateKey,
  USUAL_DAYS,
  USUAL_OVERLAP_HOURS,
} from "./machine-store.ts";

/** What shall be done to a machine, by whichever door it was asked. */
export type Asked =
  | {
      readonly verb: "create";
      readonly name: string;
      readonly provider: string;
      readonly accounts: readonly string[] | null;
      readonly days: number | undefined;
    }
  | {
      readonly verb: "rotate";
      readonly machineId: string;
      readonly days: number | undefined;
      readonly overlapHours: number | undefined;
    }
  | { readonly verb: "revoke"; readonly machineId: string; readonly keyId: string | null };

type Done = { readonly machineId: string; readonly keyId: string | null; readonly key: string | null };
export type Refused = "NOT_FOUND" | "NAME_TAKEN" | "TWO_KEYS";

/** Does it, or says why not; the audit is the caller's. @throws AppError INVALID_INPUT */
export async function tryOnMachine(
  transaction: Transaction,
  merchantId: string,
  asked: Asked,
  actorId: string,
): Promise<Refused | (Done & { readonly before: MachineFacts | null; readonly after: MachineFacts | null })> {
  const finished = async (done: Done, before: MachineFacts | null) => {
    return { ...done, before, after: (await machineFacts(transaction, merchantId, done.machineId)) ?? null };
  };
  if (asked.verb === "create") {
    if (await isNameTaken(transaction, merchantId, asked.name)) return "NAME_TAKEN";
    const wanted = { ...asked, merchantId, days: asked.days ?? USUAL_DAYS };
    return finished(await addMachine(transaction, wanted, actorId), null);
  }
  const { machineId } = asked;
  const before = await machineFacts(transaction, merchantId, machineId);
  if (!before || before.isRevoked) return "NOT_FOUND";
  if (asked.verb === "rotate") {
    if (before.keys.filter(({ isGood }) => isGood).length > 1) return "TWO_KEYS";
    const times = { days: asked.days ?? USUAL_DAYS, overlapHours: asked.overlapHours ?? USUAL_OVERLAP_HOURS };
    return finished({ machineId, ...(await rotateKey(transaction, { merchantId, machineId, ...times })) }, before);
  }
  const { keyId } = asked;
  if (keyId !== null && !before.keys.some(({ id }) => id === keyId)) return "NOT_FOUND";
  await revoke(transaction, { merchantId, machineId, keyId });
  return finished({ machineId, keyId, key: null }, before);
}

export const MACHINE_ACTIONS = {
  create: "machine.create",
  rotate: "machine.rotate-key",
  revoke: "machine.revoke",
} as const;

/** The same with its audit entry, for who works on the machine itself. @throws AppError NOT_FOUND, CONFLICT */
export async function workOnMachine(
  transaction: Transaction,
  merchantId: string,
  asked: Asked,
  actorId: string,
): Promise<Done> {
  await lockAccounts(transaction, merchantId);
  const outcome = await tryOnMachine(transaction, merchantId, asked, actorId);
  if (outcome === "NOT_FOUND")
    throw new AppError("NOT_FOUND", "The merchant has no such machine or key: check the id.");
  if (typeof outcome === "string") throw new AppError("CONFLICT", PROBLEMS[outcome]);
  const { before, after, ...done } = outcome;
  await appendAudit(transaction, {
    merchantId,
    actorId,
    action: MACHINE_ACTIONS[asked.verb],
    objectId: done.machineId,
    outcome: "DONE",
    detail: { before, after },
  });
  return done;
}

const PROBLEMS = {
  NAME_TAKEN: "Another machine of the merchant has this name: choose another.",
  TWO_KEYS: "The machine has two keys that are taken already: revoke the old one first.",
} as const;
