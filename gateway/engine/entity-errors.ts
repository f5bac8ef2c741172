import type { ErrorPath, Fault } from "./errors.ts";
import { faultOf, pathOf } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import type { Note, Run } from "./run.ts";

type InsideError = { readonly path: ErrorPath; readonly fault: Fault };

/** The errors of one `_entities` field, sorted by the representation they belong to. */
export type EntityErrors = {
  /** Every entity of the fetch is without an answer because of it. */
  readonly whole?: Fault | undefined;
  readonly bySlot?: ReadonlyMap<number, readonly InsideError[]>;
  /** Errors that say nothing of where they belong. */
  readonly loose?: readonly Fault[];
};

type Target = { readonly alias: string; readonly renamed: ReadonlyMap<string, string> };

export function sortEntityErrors(
  errors: readonly unknown[],
  service: string,
  target: Target,
  list: readonly unknown[] | undefined,
): EntityErrors {
  if (list && errors.length === 0) return {};
  const bySlot = new Map<number, InsideError[]>();
  const loose: Fault[] = [];
  for (const entry of errors) {
    const [field, slot, ...below] = pathOf(entry) ?? [];
    if (field === target.alias && typeof slot === "number") {
      const path = below.map((key) => (typeof key === "string" ? (target.renamed.get(key) ?? key) : key));
      const inside = bySlot.get(slot) ?? [];
      inside.push({ path, fault: faultOf(entry, service) });
      bySlot.set(slot, inside);
    } else if (field === undefined || field === target.alias) {
      loose.push(faultOf(entry, service));
    }
  }
  if (list) return { bySlot, loose };
  const first = loose[0] ?? [...bySlot.values()][0]?.[0]?.fault;
  return {
    whole: first ?? faultOf({ message: `Subgraph "${service}" did not give the entities it was asked for.` }, service),
  };
}

/** Notes the errors at every entity they concern: each duplicate of an entity, not only the first. */
export function noteEntityErrors(
  batch: {
    readonly entities: readonly JsonObject[];
    readonly slots: readonly number[];
    /** The slots that were asked: from the first up to but not including the last. */
    readonly from: number;
    readonly to: number;
  },
  errors: EntityErrors,
  asked: ReadonlySet<string>,
  run: Run,
): void {
  for (const fault of errors.loose ?? []) run.reports.push({ fault, path: undefined });
  if (!errors.whole && !errors.bySlot?.size) return;
  for (const [index, entity] of batch.entities.entries()) {
    const slot = batch.slots[index] as number;
    if (slot < batch.from || slot >= batch.to) continue;
    if (errors.whole) run.note(entity, { asked, missing: errors.whole });
    const inside = errors.bySlot?.get(slot - batch.from);
    if (inside) run.note(entity, noteOf(inside, asked));
  }
}

/** An error of the entity itself, with no path below it, is told at each field that was asked. */
function noteOf(inside: readonly InsideError[], asked: ReadonlySet<string>): Note {
  const below = inside.filter(({ path }) => path.length > 0);
  const own = inside.find(({ path }) => path.length === 0);
  return { asked, ...(own ? { missing: own.fault } : {}), inside: below };
}
