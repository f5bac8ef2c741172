import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { authenticate, type Identity } from "../http/authenticate.ts";
import { callHeaders } from "../http/call-headers.ts";
import type { Handler } from "../http/router.ts";
import { clientAddress } from "../http/trusted-proxies.ts";

/** A file that was asked for, or a part of it: `headers` are the answer's, and so is `status`. */
export type SendExport = (download: {
  readonly id: string;
  readonly method: "GET" | "HEAD";
  readonly headers: Readonly<Record<string, string>>;
}) => Promise<{
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Readable;
}>;

/** What a client may say of the part that it wants. */
const PASSED = ["range", "if-range", "if-none-match"];

/** `GET /exports/:id`: hands a file on while it is read. Whose it is, whoever has it decides. */
export function createExportsEndpoint({
  identity,
  sendExport,
}: {
  readonly identity: Identity;
  readonly sendExport: SendExport;
}): Handler {
  return async ({ request, response, requestId, path }) => {
    const { token } = await authenticate(request, identity);
    const asked = PASSED.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === "string" ? [[name, value] as const] : [];
    });
    const { status, headers, body } = await sendExport({
      id: path.slice(path.lastIndexOf("/") + 1),
      method: request.method === "HEAD" ? "HEAD" : "GET",
      headers: { ...callHeaders({ token, requestId, address: clientAddress(request) }), ...Object.fromEntries(asked) },
    });
    response.writeHead(status, headers);
    if (!body) response.end();
    // A client that leaves ends the reading; there is nobody left to tell.
    else await pipeline(body, response).catch(() => response.destroy());
  };
}
