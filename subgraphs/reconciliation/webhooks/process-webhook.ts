import type { Finding, WebhookReceiver } from "../../../adapters/webhooks/webhook.ts";
import { begin, inScope, JOB_LIMITS, lockMerchants, PLATFORM, type Transaction } from "../../shared/database/scope.ts";
import { AppError } from "../../shared/errors.ts";
import type { ProviderEvent } from "../../shared/event.ts";
import type { FamilyModules } from "../../shared/family-module.ts";
import { type CopyRows, CopyWriter } from "../../shared/store/copy-writer.ts";
import { LineSums } from "../../shared/store/line-sums.ts";
import { mergeStaged } from "../../shared/store/merge-staged.ts";
import { copyRows, createStaging } from "../../shared/store/staging.ts";
import { WORKER } from "../import/lease.ts";
import { loadPlacement, type Placement } from "../import/placement.ts";
import { createStager } from "../import/stage-event.ts";
import { requestRun } from "../runs/request-run.ts";
import { keepDisputeNotices, type PlacedNotice } from "./dispute-notices.ts";
import type { WebhookServices } from "./receive-webhook.ts";
import {
  endWebhook,
  postponeWebhook,
  releaseWebhook,
  takeWebhook,
  type WebhookEnd,
  type WebhookWork,
} from "./webhook-work.ts";

export type WebhookWorkServices = WebhookServices & { readonly families: FamilyModules };

/**
 * Works on one kept notice: reads what it means, at the provider where that is needed, and merges it into the ledger as a
 * file's row would be, except that nothing is booked: only a settlement books. May run any number of times.
 */
export async function processWebhook(services: WebhookWorkServices, webhookId: string): Promise<void> {
  const { database, receivers } = services;
  const log = services.log.child({ webhookId });
  const work = await takeWebhook(database, webhookId);
  if (!work) return;
  try {
    const findings = await findingsOf(receivers.get(work.provider), work);
    const end = await apply(services, work, findings);
    log.info({ provider: work.provider, status: end.status }, "webhook worked on");
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "PROVIDER_UNAVAILABLE") {
      await releaseWebhook(database, work).catch(() => undefined);
      throw error;
    }
    await postponeWebhook(database, work, error.message);
    log.warn({ provider: work.provider, problem: error.message, err: error.cause }, "webhook put off");
  }
}

async function findingsOf(receiver: WebhookReceiver | undefined, work: WebhookWork): Promise<readonly Finding[]> {
  if (!receiver) {
    throw new AppError(
      "PROVIDER_UNAVAILABLE",
      `the webhooks of ${work.provider} are not set up on this worker any more`,
    );
  }
  const { id, account, delivery_key: key, payload } = work;
  return receiver.read({ id, account, key, payload });
}

async function apply(
  { database, families }: WebhookWorkServices,
  work: WebhookWork,
  findings: readonly Finding[],
): Promise<WebhookEnd> {
  const scope = { merchants: [PLATFORM], user: WORKER };
  const placement = await inScope(database, scope, (transaction) => loadPlacement(transaction, PLATFORM));
  const transaction = await begin(database, { ...scope, merchants: placement.merchants }, JOB_LIMITS);
  try {
    const { staged, disputes, merchants, problems } = stage(findings, placement, families);
    await lockMerchants(transaction, merchants);
    if (staged.rows > 0) problems.push(...(await merge(transaction, { work, staged, families })));
    await keepDisputeNotices(transaction, disputes, work.id);
    const end = endOf(findings, staged.rows + disputes.length, problems);
    await endWebhook(transaction, work, end);
    await transaction.commit();
    return end;
  } catch (error) {
    await transaction.rollback().catch(() => undefined);
    throw error;
  }
}

type Problem = { readonly code: string; readonly problem: string };

function stage(findings: readonly Finding[], placement: Placement, families: FamilyModules) {
  const stager = createStager(families);
  const writers = { lines: new CopyWriter(), sums: new LineSums(), reports: new CopyWriter() };
  const merchants = new Set<string>();
  const problems: Problem[] = [];
  const disputes: PlacedNotice[] = [];
  for (const [index, finding] of findings.entries()) {
    if (finding.kind === "unclear") problems.push({ code: "UNREADABLE", problem: finding.problem });
    const told =
      finding.kind === "event" ? reportOf(finding.event) : finding.kind === "dispute" ? finding.notice : undefined;
    if (!told) continue;
    const place = placement.place(told);
    if ("code" in place) {
      problems.push(place.code === "UNMAPPED_ACCOUNT" ? unmapped(told) : place);
      continue;
    }
    if ("kind" in told) stager.stage(told, index + 1, place, writers);
    else disputes.push({ ...told, merchantId: place.merchantId });
    merchants.add(place.merchantId);
  }
  return { staged: writers.reports.handOver(), disputes, merchants: [...merchants], problems };
}

/** Unlike a file, a webhook is not sent again by anybody: it waits here. */
function unmapped({ provider, account = "" }: Pick<ProviderEvent, "provider" | "account">): Problem {
  const problem = `account "${account}" at ${provider} is mapped to no merchant; map it, and this is worked on by itself`;
  return { code: "UNMAPPED_ACCOUNT", problem };
}

/** What is said of the status alone; a booking is a settlement's to say, and its line claims this report. */
function reportOf({ booking: _, ...event }: ProviderEvent): ProviderEvent | undefined {
  if (!event.outcome) return undefined;
  const isOwn = event.identity?.startsWith("webhook|");
  return isOwn ? event : { ...event, ...(event.identity && { identity: `webhook|${event.identity}` }) };
}

type Merging = {
  readonly work: WebhookWork;
  readonly staged: CopyRows;
  readonly families: FamilyModules;
};

async function merge(transaction: Transaction, { work, staged, families }: Merging): Promise<readonly Problem[]> {
  await createStaging(transaction);
  await copyRows(transaction, "staged", staged);
  const source = { kind: "WEBHOOK", merchantId: PLATFORM, id: work.id } as const;
  const { collisions } = await mergeStaged(transaction, source, families);
  await reopen(transaction, work);
  return collisions.map(() => ({
    code: "IDENTITY_COLLISION",
    problem: "what the provider says differs from what it said under the same id; compare the two and ask the provider",
  }));
}

/** Where a report corrects what was inferred from a settlement, its lines are open again and have to be matched anew. */
async function reopen(transaction: Transaction, { id, revision }: WebhookWork): Promise<void> {
  const merchants = await transaction.query<{ merchant_id: string }>("select distinct merchant_id from reopened");
  for (const { merchant_id: merchantId } of merchants) {
    await requestRun(transaction, merchantId, { trigger: "WEBHOOK", key: `webhook ${id} ${revision}` });
  }
}

function endOf(findings: readonly Finding[], taken: number, problems: readonly Problem[]): WebhookEnd {
  const [first] = problems;
  if (first) return { status: "QUARANTINED", ...first };
  if (taken > 0) return { status: "APPLIED" };
  const skipped = findings.find((finding) => finding.kind === "skipped");
  return { status: "SKIPPED", problem: skipped?.reason ?? "it says nothing of a transaction's status" };
}
