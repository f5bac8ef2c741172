import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import contentDisposition from "content-disposition";
import { AppError, ERRORS } from "../../shared/errors.ts";
import type { FileStorage } from "../../shared/file-storage.ts";
import { CLIENT_ADDRESS_HEADER } from "../../shared/identity/call-signature.ts";
import { Denied } from "../../shared/identity/denied.ts";
import { merchantsConcerned } from "../../shared/subgraph/audit-denials.ts";
import { openContext, type RequestContext, type Services } from "../../shared/subgraph/request-context.ts";
import type { SubgraphRoute } from "../../shared/subgraph/subgraph-route.ts";
import { type ByteRange, rangeOf } from "./byte-range.ts";
import { exportById } from "./export-lists.ts";
import type { Export, ExportFormat } from "./export-type.ts";
import { auditExport } from "./order-export.ts";

export type DownloadServices = Services & { readonly exportStorage: FileStorage };

export type Download = {
  readonly id: string;
  readonly method: "GET" | "HEAD";
  /** `authorization`, `x-request-id`, `x-client-address`, and of the client `range`, `if-range` and `if-none-match`. */
  readonly headers: Readonly<Record<string, string | undefined>>;
};

export type DownloadAnswer = {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Readable;
};

/**
 * The file of an export, or the part of it that was asked for, to who asked for the export and still sees all of it.
 * @throws AppError UNAUTHENTICATED, or NOT_FOUND for whatever is not theirs to have
 */
export async function downloadExport(services: DownloadServices, download: Download): Promise<DownloadAnswer> {
  const { id, method, headers } = download;
  const signal = new AbortController().signal;
  const { context, end } = await openContext(services, { headers, signal, isMutation: true });
  try {
    const file = await fileOf(context, id);
    const etag = `"${file.sha256}"`;
    const usual = { etag, "accept-ranges": "bytes" };
    if (
      headers["if-none-match"]?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*")
    ) {
      await end("commit");
      return { status: 304, headers: usual };
    }
    const size = Number(file.sizeBytes);
    const isSame = headers["if-range"] === undefined || headers["if-range"] === etag;
    const range = isSame ? rangeOf(headers["range"], size) : undefined;
    if (range === "unsatisfiable") {
      await end("commit");
      return { status: 416, headers: { ...usual, "content-range": `bytes */${size}` } };
    }
    const body = method === "GET" ? await open(services.exportStorage, file, range) : undefined;
    if (method === "GET") await auditDownload(context, file, range);
    await end("commit");
    return { ...partOf(file, size, range, usual), ...(body && { body }) };
  } catch (error) {
    await end("rollback");
    throw error;
  }
}

type WholeFile = Export & { readonly sha256: string; readonly sizeBytes: bigint };

/** What is not there, another's, over, or more than the caller may still see has one answer; the audit knows of each. */
async function fileOf(context: RequestContext, id: string): Promise<WholeFile> {
  const found = await exportById(context, id).catch((error: unknown) => {
    if (error instanceof Denied) return null;
    throw error;
  });
  if (found?.status === "SUCCEEDED" && found.expiresAt !== null && found.expiresAt > new Date())
    return found as WholeFile;
  const concerned = merchantsConcerned([...context.roles.keys()], undefined);
  const objectId = concerned.length > 1 ? "-" : id.slice(0, LONGEST_ID);
  for (const merchantId of concerned) {
    context.noteDenied({ merchantId, action: "export.download", objectId, detail: { refusal: "NotFound" } });
  }
  throw new AppError("NOT_FOUND", "There is no file of an export by this id that you may have: check the id.");
}

const LONGEST_ID = 200;

async function open(storage: FileStorage, { sha256 }: WholeFile, range: ByteRange | undefined): Promise<Readable> {
  const stream = storage.read(sha256, range);
  await once(stream, "open");
  return stream;
}

function auditDownload(context: RequestContext, file: WholeFile, range: ByteRange | undefined): Promise<void> {
  const detail = { sha256: file.sha256, ...(range && { bytes: `${range.start}-${range.end}` }) };
  return context.run((transaction) =>
    auditExport(transaction, {
      merchants: file.covered.merchants,
      actorId: context.identity.userId,
      action: "export.download",
      objectId: file.id,
      detail,
    }),
  );
}

function partOf(
  file: WholeFile,
  size: number,
  range: ByteRange | undefined,
  usual: Record<string, string>,
): DownloadAnswer {
  const headers = {
    ...usual,
    "content-type": CONTENT_TYPES[file.format],
    "content-disposition": contentDisposition(file.fileName),
    "content-length": `${range ? range.end - range.start + 1 : size}`,
  };
  if (!range) return { status: 200, headers };
  return { status: 206, headers: { ...headers, "content-range": `bytes ${range.start}-${range.end}/${size}` } };
}

const CONTENT_TYPES = {
  CSV: "text/csv; charset=utf-8; header=present",
  XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  PDF: "application/pdf",
} as const satisfies Record<ExportFormat, string>;

type Send = (download: Download) => Promise<DownloadAnswer>;

/** GET and HEAD of a path?id=… of the transactions subgraph in a process of its own: the gateway passes the answer on. */
export function downloadRoutes(path: string, send: Send): readonly SubgraphRoute[] {
  return (["GET", "HEAD"] as const).map((method) => ({
    method,
    path,
    handle: (request, response) => answer(send, method, request, response),
  }));
}

async function answer(
  send: Send,
  method: "GET" | "HEAD",
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = new URL(request.url ?? "/", "http://subgraph").searchParams.get("id") ?? "";
  const headers = Object.fromEntries(
    PASSED.flatMap((name) => (typeof request.headers[name] === "string" ? [[name, request.headers[name]]] : [])),
  );
  try {
    const found = await send({ id, method, headers });
    response.writeHead(found.status, found.headers);
    if (found.body) await pipeline(found.body, response);
    else response.end();
  } catch (error) {
    if (!(error instanceof AppError) || response.headersSent) throw error;
    const body = JSON.stringify({ error: { code: error.code, message: error.message } });
    response.writeHead(ERRORS[error.code].status, { "content-type": "application/json" }).end(body);
  }
}

const PASSED = ["authorization", "x-request-id", CLIENT_ADDRESS_HEADER, "range", "if-range", "if-none-match"];
