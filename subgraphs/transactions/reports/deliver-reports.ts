import { createHmac } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { appendAudit } from "../../shared/audit.ts";
import { AppError } from "../../shared/errors.ts";
import { asWorker, WORKER } from "../exports/export-lease.ts";
import { type ExportRow, fileNameOf } from "../exports/export-type.ts";
import type { ExportServices } from "../exports/run-export.ts";
import type { ReportTarget } from "./report-type.ts";

export type DeliveryServices = Pick<ExportServices, "database" | "storage" | "log"> & {
  /** The folder that reports are put into, each merchant's in one of its own. */
  readonly reportsFolder: string;
  /** Origins of webhooks that reports may be sent to. */
  readonly reportOrigins: readonly string[];
};

/** So often, with longer and longer pauses, about a day in all. */
const MOST_DELIVERIES = 10;

/** Brings files of reports to where they go, and answers how many arrived. One that does not arrive keeps no other. */
export async function deliverReports(services: DeliveryServices): Promise<number> {
  const { database, log } = services;
  const due = await asWorker(database, [], ({ query }) => query<{ merchant_id: string; id: string }>(DUE));
  let arrived = 0;
  for (const { merchant_id: merchantId, id } of due) {
    const [taken] = await asWorker(database, [merchantId], ({ query }) => query<TakenRow>(TAKE, [merchantId, id]));
    if (!taken) continue;
    const problem = await deliver(services, taken).then(
      () => null,
      (error: unknown) => {
        log.warn({ err: error, exportId: id, merchantId }, "a report did not arrive");
        return error instanceof AppError ? error.message : "The file could not be brought there.";
      },
    );
    const isOver = problem !== null && taken.deliveries >= MOST_DELIVERIES;
    const outcome = problem === null ? "DELIVERED" : isOver ? "FAILED" : "PENDING";
    await asWorker(database, [merchantId], async (transaction) => {
      await transaction.query(TELL, [merchantId, id, outcome, problem, taken.deliveries]);
      if (outcome === "PENDING") return;
      const detail = { reportId: taken.report_id, outcome, ...(problem !== null && { problem }) };
      const act = { merchantId, actorId: WORKER, action: "report.deliver", objectId: id, outcome: "DONE" } as const;
      await appendAudit(transaction, { ...act, detail });
    });
    if (problem === null) arrived += 1;
  }
  return arrived;
}

type TakenRow = Pick<ExportRow, "id" | "merchant_id" | "request" | "requested_at"> & {
  readonly report_id: string;
  readonly sha256: string;
  readonly size_bytes: bigint;
  readonly deliveries: number;
  readonly target: ReportTarget;
  readonly url: string | null;
  readonly secret: string | null;
};

function deliver(services: DeliveryServices, taken: TakenRow): Promise<void> {
  return taken.target === "FOLDER" ? putInFolder(services, taken) : post(services, taken);
}

/** Whole or not at all: under another name until it is on disk. Put there again, it replaces itself. */
async function putInFolder({ storage, reportsFolder }: DeliveryServices, taken: TakenRow): Promise<void> {
  // An id is data, and no part of a path before it is known to be a plain name.
  if (!/^[\w-]{1,100}$/.test(taken.merchant_id))
    throw new AppError("INVALID_INPUT", "The merchant's id cannot name a folder.");
  const folder = join(reportsFolder, taken.merchant_id);
  await mkdir(folder, { recursive: true });
  const path = join(folder, fileNameOf(taken));
  const draft = `${path}.${process.pid}.part`;
  const file = await open(draft, "w");
  try {
    for await (const piece of storage.read(taken.sha256)) await file.write(piece as Buffer);
    await file.sync();
    await file.close();
    await rename(draft, path);
  } finally {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
  }
}

const PATIENCE_MS = 120_000;

/** Only to where the operator allows: any other address would be reached from inside their network. */
async function post({ storage, reportOrigins }: DeliveryServices, taken: TakenRow): Promise<void> {
  if (taken.url === null || taken.secret === null)
    throw new Error(`report ${taken.report_id} has no address or no key`);
  const url = new URL(taken.url);
  if (!reportOrigins.includes(url.origin)) {
    throw new AppError(
      "FORBIDDEN",
      `${url.origin} is none of the origins that the operator allows: CONCORD_REPORT_ORIGINS.`,
    );
  }
  const seconds = Math.floor(Date.now() / 1_000);
  const signature = createHmac("sha256", taken.secret).update(`${seconds}.${taken.sha256}`).digest("hex");
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/octet-stream",
      "content-length": `${taken.size_bytes}`,
      "x-file-name": fileNameOf(taken),
      "x-file-sha256": taken.sha256,
      "x-concord-export": taken.id,
      "x-concord-signature": `t=${seconds},v1=${signature}`,
    },
    body: Readable.toWeb(storage.read(taken.sha256)) as ReadableStream,
    duplex: "half",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE_MS),
  } as RequestInit);
  await response.body?.cancel();
  if (!response.ok) throw new AppError("PROVIDER_UNAVAILABLE", `${url.origin} answered ${response.status}.`);
}

const DUE = `
  select merchant_id, id from transactions.export
  where delivery = 'PENDING' and status = 'SUCCEEDED' and deliver_at <= clock_timestamp() limit 100`;

/** Taken for the time that a delivery may last: whoever dies over it leaves it to be tried again. */
const TAKE = `
  update transactions.export e
  set deliveries = e.deliveries + 1, deliver_at = clock_timestamp() + interval '5 minutes'
  from transactions.report r
  where e.merchant_id = $1 and e.id = $2 and e.delivery = 'PENDING' and e.status = 'SUCCEEDED'
    and e.deliver_at <= clock_timestamp() and r.merchant_id = e.merchant_id and r.id = e.report_id
  returning e.id, e.merchant_id, e.request, e.requested_at, e.report_id, e.sha256, e.size_bytes, e.deliveries,
    r.target, r.url, r.secret`;

const TELL = `
  update transactions.export
  set delivery = $3, delivery_problem = $4,
    deliver_at = clock_timestamp() + make_interval(mins => least(2 ^ $5::int, 360)::int)
  where merchant_id = $1 and id = $2 and delivery = 'PENDING'`;
