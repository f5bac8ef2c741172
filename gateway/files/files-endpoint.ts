import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { answerJson } from "../http/answer.ts";
import type { Identity } from "../http/authenticate.ts";
import { authenticate } from "../http/authenticate.ts";
import { callHeaders } from "../http/call-headers.ts";
import type { Exchange } from "../http/exchange.ts";
import { contentType } from "../http/read-json.ts";
import type { Handler } from "../http/router.ts";
import { clientAddress } from "../http/trusted-proxies.ts";
import { givenFileName, plainFileName } from "./file-name.ts";
import type { UploadLimits } from "./guarded-stream.ts";
import { fileTooLarge, GuardedStream } from "./guarded-stream.ts";
import { multipartFile } from "./multipart-file.ts";

/** A settlement file while it arrives. The stream fails with an AppError where the file is not taken. */
type Upload = {
  readonly stream: Readable;
  readonly name: string;
  /** `?merchant=`, for a caller with several merchants; whoever takes the file in decides whether it may be. */
  readonly merchantId?: string;
  /** `?preview=true`: to find out what the file would do, and nothing more. */
  readonly previewOnly?: boolean;
  /** The caller's `authorization` and `x-file-signature`, and our `x-request-id` and `x-client-address`, for whoever takes the file in. */
  readonly headers: Record<string, string>;
};

/** Takes a file in; `status` and `body` are the answer: 201 for a new one, 200 for one that is already known. */
export type ReceiveFile = (upload: Upload) => Promise<{ readonly status: number; readonly body: unknown }>;

export type FilesEndpointOptions = {
  readonly identity: Identity;
  readonly receiveFile: ReceiveFile;
  readonly limits: UploadLimits;
};

/** Machines have keys of their own, which the database knows: whoever takes the file in asks it before a byte is read. */
const MACHINE_KEY = /^cmk\./;
const MACHINE = Promise.resolve({ userId: "machine", name: "a machine" });

/** By then, some of the files that wait are read. */
const RETRY_SECONDS = "5";

/** Room for the parts of a form around its file. */
const FORM_BYTES = 64 * 1024;

/** Hands an uploaded file on while it arrives: raw, or as the one file of a multipart form. Nothing is buffered. */
export function createFilesEndpoint({ identity, receiveFile, limits }: FilesEndpointOptions): Handler {
  return async (exchange) => {
    const { request, response, requestId } = exchange;
    const { token } = await authenticate(request, (given) => (MACHINE_KEY.test(given) ? MACHINE : identity(given)));
    refuseBody(request, limits.maxBytes);
    const signature = request.headers["x-file-signature"];
    const headers = {
      ...callHeaders({ token, requestId, address: clientAddress(request) }),
      ...(typeof signature === "string" && { "x-file-signature": signature }),
    };
    const merchantId = exchange.query.get("merchant");
    try {
      const { source, name, whole } = await openUpload(exchange);
      const stream = guard(request, source, new GuardedStream(limits, whole));
      const { status, body } = await receive(receiveFile, {
        stream,
        name,
        headers,
        ...(merchantId !== null && { merchantId }),
        ...(exchange.query.get("preview") === "true" && { previewOnly: true }),
      });
      if (status === 503) response.setHeader("retry-after", RETRY_SECONDS);
      answerJson(response, status, body);
    } catch (error) {
      if (error instanceof AppError && error.code === "OVERLOADED") response.setHeader("retry-after", RETRY_SECONDS);
      throw error;
    } finally {
      // What is left of the body must not pile up behind a reader that has stopped.
      request.unpipe();
    }
  };
}

async function receive(receiveFile: ReceiveFile, upload: Upload): ReturnType<ReceiveFile> {
  const { stream } = upload;
  try {
    return await receiveFile(upload);
  } catch (error) {
    // What broke the stream is the reason, whatever the receiver made of it.
    throw stream.errored instanceof AppError ? stream.errored : error;
  } finally {
    stream.destroy();
  }
}

/** @throws AppError before a byte is read, where the head of the request tells enough. */
function refuseBody({ headers }: IncomingMessage, maxBytes: number): void {
  if ((headers["content-encoding"] ?? "identity") !== "identity") {
    throw new AppError("UNSUPPORTED_MEDIA_TYPE", "Files are taken without Content-Encoding only: send it as it is.");
  }
  if (Number(headers["content-length"] ?? 0) > maxBytes + FORM_BYTES) throw fileTooLarge(maxBytes);
}

type OpenUpload = { readonly source: Readable; readonly name: string; readonly whole: Promise<void> };

async function openUpload({ request, query }: Exchange): Promise<OpenUpload> {
  const { headers } = request;
  if (contentType(headers["content-type"])?.essence !== "multipart/form-data") {
    return { source: request, name: plainFileName(givenFileName({ query, headers })), whole: Promise.resolve() };
  }
  const { stream, name, whole } = await multipartFile(request, headers["content-type"] ?? "");
  return { source: stream, name: plainFileName(query.get("name") ?? name), whole };
}

/** Unlike `pipeline`, leaves the request open when the stream fails: its answer must still go out. */
function guard(request: IncomingMessage, source: Readable, stream: GuardedStream): GuardedStream {
  const fail = (cause: unknown) => {
    stream.destroy(cause instanceof AppError ? cause : cutOff(cause));
  };
  request.once("close", () => {
    if (!request.complete) fail(undefined);
  });
  // These listeners stay: a source may fail twice, and a failure that nobody listens for ends the process.
  source.on("error", fail);
  stream.on("error", () => source.unpipe(stream));
  return source.pipe(stream);
}

function cutOff(cause: unknown): AppError {
  return new AppError("INVALID_INPUT", "The upload was cut off: send it again.", { cause });
}
