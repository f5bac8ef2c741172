import { readAskedNames } from "./asked-names.ts";
import type { EntityErrors } from "./entity-errors.ts";
import { noteEntityErrors, sortEntityErrors } from "./entity-errors.ts";
import { compileSend } from "./fetch-node.ts";
import type { Collect } from "./flatten.ts";
import { compilePath } from "./flatten.ts";
import type { JsonObject } from "./json.ts";
import { isObject } from "./json.ts";
import type { Merge } from "./merge.ts";
import type { NodeContext, Step } from "./plan-context.ts";
import type { BatchFetchNode, FetchNode } from "./planner.ts";
import type { RepresentationWriter } from "./representations.ts";
import { Blocked, compileRepresentations } from "./representations.ts";
import type { Rewrite } from "./rewrites.ts";
import { compileRewrites, renamedKeys } from "./rewrites.ts";
import type { Run } from "./run.ts";
import { fetchKey, sharing } from "./twin-fetches.ts";

/** One `_entities` field of a fetch. */
type Target = {
  readonly alias: string;
  readonly variable: string;
  readonly collectors: readonly Collect[];
  readonly writer: RepresentationWriter;
  readonly rewrite: Rewrite | undefined;
  readonly renamed: ReadonlyMap<string, string>;
  readonly asked: ReadonlySet<string>;
};

/** The entities of one target and the representation that stands for each: several may share one. */
type Batch = {
  readonly entities: JsonObject[];
  /** By position in `entities`: the position of its representation, or -1 when it is not asked. */
  readonly slots: number[];
  readonly texts: string[];
  readonly objects: JsonObject[];
};

type EntityBatchAlias = BatchFetchNode["entityBatch"]["aliases"][number] & Pick<FetchNode, "assumedType">;

/** A fetch of fields of entities that are in the data already; identical representations are asked once. */
export function compileEntityFetch(
  node: FetchNode | BatchFetchNode,
  aliases: readonly EntityBatchAlias[],
  context: NodeContext,
): Step {
  const key = fetchKey(node);
  const send = context.twins.has(key) ? sharing(compileSend(node, context), key) : compileSend(node, context);
  const service = node.serviceName;
  const isInProcess = context.subgraphs.get(service)?.kind === "in-process";
  const targets = aliases.map((alias) => compileTarget(node, alias, context));
  // A subgraph counts all lists of a call together.
  const most = Math.max(1, Math.floor(context.maxRepresentations / targets.length));

  /** Asks for the representations from `from` on, as many as one call may carry. */
  async function ask(run: Run, batches: readonly Batch[], from: number): Promise<void> {
    const part = targets.map(({ variable }, index) => {
      const { texts, objects } = batches[index] as Batch;
      if (texts.length <= most) return { variable, texts, objects };
      return { variable, texts: texts.slice(from, from + most), objects: objects.slice(from, from + most) };
    });
    const { data, errors, fault } = await send(run, part);
    for (const [index, target] of targets.entries()) {
      const batch = batches[index] as Batch;
      const answers = data?.[target.alias];
      const count = part[index]?.texts.length;
      // A list of another length cannot be matched by position.
      const list = Array.isArray(answers) && answers.length === count ? answers : undefined;
      const found: EntityErrors = fault ? { whole: fault } : sortEntityErrors(errors ?? [], service, target, list);
      settle(target, batch, list, from, context.merge);
      noteEntityErrors({ ...batch, from, to: from + most }, found, target.asked, run);
    }
  }

  return async (run) => {
    const batches = targets.map((target) => gather(target, isInProcess, run));
    const largest = Math.max(...batches.map(({ texts }) => texts.length));
    if (largest === 0) return;
    if (largest <= most) return ask(run, batches, 0);
    const starts = Array.from({ length: Math.ceil(largest / most) }, (_, index) => index * most);
    await Promise.all(starts.map((from) => ask(run, batches, from)));
  };
}

function compileTarget(node: FetchNode | BatchFetchNode, alias: EntityBatchAlias, context: NodeContext): Target {
  const renamed = renamedKeys(alias.outputRewrites);
  return {
    alias: alias.alias,
    variable: alias.representationsVariableName,
    collectors: alias.paths.map((path) => compilePath(path, context.supergraph)),
    writer: compileRepresentations(alias, context.supergraph),
    rewrite: compileRewrites(alias.outputRewrites, context.supergraph),
    renamed,
    asked: readAskedNames(node.operation, renamed).entity(alias.alias),
  };
}

function gather(target: Target, isInProcess: boolean, run: Run): Batch {
  const entities: JsonObject[] = [];
  for (const collect of target.collectors) collect(run.data, entities);
  const batch: Batch = { entities, slots: [], texts: [], objects: [] };
  const slotOf = new Map<string, number>();
  for (const entity of entities) {
    const text = target.writer.text(entity, run);
    if (typeof text !== "string") {
      if (text instanceof Blocked) run.note(entity, { asked: target.asked, missing: text.fault });
      batch.slots.push(-1);
      continue;
    }
    let slot = slotOf.get(text);
    if (slot === undefined) {
      slot = batch.texts.length;
      slotOf.set(text, slot);
      batch.texts.push(text);
      if (isInProcess) batch.objects.push(target.writer.object(entity, run));
    }
    batch.slots.push(slot);
  }
  return batch;
}

/** Merges each answer into every entity it stands for; the first may have it, the others get copies. */
function settle(target: Target, batch: Batch, list: readonly unknown[] | undefined, from: number, merge: Merge): void {
  if (!list) return;
  const { entities, slots } = batch;
  const isTaken: boolean[] = [];
  for (const [index, entity] of entities.entries()) {
    const slot = (slots[index] as number) - from;
    const answer = slot < 0 ? undefined : list[slot];
    if (!isObject(answer)) continue;
    if (!isTaken[slot]) target.rewrite?.(answer, typenameOf(entity));
    merge(entity, answer, isTaken[slot] ? "copy" : "take");
    isTaken[slot] = true;
  }
}

function typenameOf(entity: JsonObject): string | undefined {
  const typename = entity["__typename"];
  return typeof typename === "string" ? typename : undefined;
}
