import { Readable } from "node:stream";
import { AppError } from "../../shared/errors.ts";
import { merchantsConcerned } from "../../shared/subgraph/audit-denials.ts";
import { openContext, type RequestContext, type Services } from "../../shared/subgraph/request-context.ts";
import type { Download, DownloadAnswer } from "../exports/download-export.ts";
import { auditExport } from "../exports/order-export.ts";
import { closingById } from "./closing-by-id.ts";
import type { Closing } from "./closing-type.ts";

/**
 * The PDF of a closing, as it was written when the period was closed, to who may see the closing.
 * @throws AppError UNAUTHENTICATED, FORBIDDEN, or NOT_FOUND for whatever is not theirs to have
 */
export async function downloadClosing(services: Services, { id, method, headers }: Download): Promise<DownloadAnswer> {
  const signal = new AbortController().signal;
  const { context, end } = await openContext(services, { headers, signal, isMutation: true });
  try {
    const closing = await closingById(context, id);
    if (!closing) throw notFound(context, id);
    const pdf = await pdfOf(context, closing);
    if (method === "GET") await auditDownload(context, closing);
    await end("commit");
    return {
      status: 200,
      headers: {
        etag: `"${closing.pdfSha256}"`,
        "content-type": "application/pdf",
        "content-disposition": `attachment; filename="closing-${closing.kind.toLowerCase()}-${closing.number}.pdf"`,
        "content-length": String(pdf.length),
      },
      ...(method === "GET" && { body: Readable.from([pdf]) }),
    };
  } catch (error) {
    await end("rollback");
    throw error;
  }
}

async function pdfOf(context: RequestContext, { merchant, id }: Closing): Promise<Buffer> {
  const [row] = await context.query<{ pdf: Buffer }>(
    "select pdf from transactions.closing_document where merchant_id = $1 and closing_id = $2",
    [merchant.id, id],
  );
  if (!row) throw new Error(`closing ${id} has no document`);
  return row.pdf;
}

function auditDownload(context: RequestContext, { merchant, id, pdfSha256 }: Closing): Promise<void> {
  const act = { merchants: [merchant.id], actorId: context.identity.userId, action: "closing.download", objectId: id };
  return context.run((transaction) => auditExport(transaction, { ...act, detail: { sha256: pdfSha256 } }));
}

function notFound(context: RequestContext, id: string): AppError {
  const concerned = merchantsConcerned([...context.roles.keys()], undefined);
  const objectId = concerned.length > 1 ? "-" : id.slice(0, LONGEST_ID);
  for (const merchantId of concerned) {
    context.noteDenied({ merchantId, action: "closing.download", objectId, detail: { refusal: "NotFound" } });
  }
  return new AppError("NOT_FOUND", "There is no closing by this id that you may see: check the id.");
}

const LONGEST_ID = 200;
