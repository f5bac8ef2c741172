import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { AppError } from "../../subgraphs/shared/errors.ts";

export type MultipartFile = {
  readonly name: string | undefined;
  readonly stream: Readable;
  /** Settles once the whole form is read; rejects when it has a second file or is cut off. */
  readonly whole: Promise<void>;
};

const LIMITS = { files: 1, fields: 10, parts: 20, fieldSize: 1_000, headerPairs: 20, headerSize: 8_192 };

/**
 * The one file of a multipart form, while the form is still arriving; other fields are passed over.
 * @throws AppError INVALID_INPUT when the form has no file or is malformed.
 */
export function multipartFile(request: IncomingMessage, contentType: string): Promise<MultipartFile> {
  const form = openForm(contentType);
  const whole = wholeForm(form, request);
  const file = new Promise<MultipartFile>((resolve, reject) => {
    form.once("file", (_field, stream, name: string | undefined) => {
      // It can fail before whoever asked for it listens, and an error that nobody listens for ends the process.
      stream.on("error", reject);
      whole.catch((error) => stream.destroy(error));
      resolve({ name, stream, whole });
    });
    whole.then(() => reject(invalid("The form has no file: add one file field.")), reject);
  });
  request.pipe(form);
  return file;
}

function openForm(contentType: string): BusboyInstance {
  try {
    return new Busboy({ headers: { "content-type": contentType }, limits: LIMITS });
  } catch (cause) {
    throw invalid("The form cannot be read: send multipart/form-data with its boundary.", cause);
  }
}

function wholeForm(form: BusboyInstance, request: IncomingMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    form.once("filesLimit", () => reject(invalid("The form has more than one file: send one at a time.")));
    form.on("error", (cause) => reject(invalid("The form is malformed or cut off: send it again.", cause)));
    form.once("finish", resolve);
    request.on("error", reject);
  });
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError("INVALID_INPUT", message, { cause });
}
