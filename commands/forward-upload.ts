import { Readable } from "node:stream";
import type { ReceiveFile } from "../gateway/files/files-endpoint.ts";
import {
  CALL_SIGNATURE_HEADER,
  CLIENT_ADDRESS_HEADER,
  signCall,
  streamDigest,
} from "../subgraphs/shared/identity/call-signature.ts";
import type { CallKeys } from "./call-keys.ts";
import { passOn } from "./pass-on.ts";

/**
 * Passes an upload on to POST /files of the reconciliation subgraph while it arrives. The signature covers the head and
 * not the bytes, which nobody holds whole before they are sent; they are hashed on arrival.
 * @throws AppError SUBGRAPH_UNAVAILABLE
 */
export function forwardUpload(reconciliationUrl: string, keys: CallKeys | undefined): ReceiveFile {
  return async ({ stream, name, merchantId, previewOnly, headers }) => {
    const url = new URL(previewOnly === true ? "/files?preview=true" : "/files", reconciliationUrl);
    const fileName = encodeURIComponent(name);
    const content = streamDigest({ path: url.pathname + url.search, length: undefined, fileName, merchantId });
    const { authorization, [CLIENT_ADDRESS_HEADER]: clientAddress } = headers;
    const call = { subgraph: "reconciliation", content, authorization, clientAddress };
    const response = await passOn("reconciliation", url, {
      method: "POST",
      headers: {
        ...headers,
        "x-file-name": fileName,
        "content-type": "application/octet-stream",
        ...(merchantId !== undefined && { "x-upload-merchant": merchantId }),
        ...(keys && { [CALL_SIGNATURE_HEADER]: signCall(keys[0], call) }),
      },
      body: Readable.toWeb(stream) as ReadableStream,
      duplex: "half",
    } as RequestInit);
    return { status: response.status, body: await response.json() };
  };
}
