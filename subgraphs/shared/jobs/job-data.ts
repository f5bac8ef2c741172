import { z } from "zod";
import { AppError } from "../errors.ts";

const id = z.string().min(1).max(200);

/**
 * What a job of each queue carries: ids alone. The queue is a hint and may be lost or repeated; whatever else a handler
 * needs it reads from the database, where it is true.
 */
const JOB_DATA = {
  import: z.strictObject({ fileId: id, merchantId: id }),
  reconcile: z.strictObject({ runId: id, merchantId: id }),
  schedule: z.strictObject({ scheduleId: id, merchantId: id }),
  trial: z.strictObject({ trialId: id, merchantId: id }),
  webhook: z.strictObject({ webhookId: id }),
  export: z.strictObject({ exportId: id, merchantId: id }),
  outbox: z.strictObject({}),
};

export type QueueName = keyof typeof JOB_DATA;
export const QUEUE_NAMES = Object.keys(JOB_DATA) as readonly QueueName[];

export type JobData = {
  readonly import: { readonly fileId: string; readonly merchantId: string };
  readonly reconcile: { readonly runId: string; readonly merchantId: string };
  readonly schedule: { readonly scheduleId: string; readonly merchantId: string };
  readonly trial: { readonly trialId: string; readonly merchantId: string };
  readonly webhook: { readonly webhookId: string };
  readonly export: { readonly exportId: string; readonly merchantId: string };
  readonly outbox: Readonly<Record<string, never>>;
};

/** Beside its data a job carries the trace that it was added in. */
export function withTrace(data: object, trace: string | undefined): object {
  return trace === undefined ? data : { ...data, [TRACE]: trace };
}

/** Takes apart what `withTrace` put together. */
export function splitTrace(carried: unknown): { readonly data: unknown; readonly trace: string | undefined } {
  if (typeof carried !== "object" || carried === null || !(TRACE in carried))
    return { data: carried, trace: undefined };
  const { [TRACE]: trace, ...data } = carried;
  return { data, trace: typeof trace === "string" ? trace : undefined };
}

const TRACE = "traceparent";

/** @throws AppError INVALID_INPUT when the data is not what this queue carries. */
export function parseJobData<Name extends QueueName>(name: Name, data: unknown): JobData[Name] {
  const parsed = JOB_DATA[name].safeParse(data);
  if (parsed.success) return parsed.data as JobData[Name];
  throw new AppError("INVALID_INPUT", `Not the data of a job in ${name}: ${z.prettifyError(parsed.error)}`);
}

/**
 * The id of a job about these things: the same things, the same job.
 * @throws AppError INVALID_INPUT for what the queue would refuse or misread: a colon, or an id of digits alone
 */
export function jobId(...parts: readonly [string, ...string[]]): string {
  const joined = parts.join("-");
  if (/^[^:\s]+$/.test(joined) && !/^\d+$/.test(joined)) return joined;
  throw new AppError(
    "INVALID_INPUT",
    `${JSON.stringify(joined)} cannot be a job id: no colon, no space, not digits alone.`,
  );
}
