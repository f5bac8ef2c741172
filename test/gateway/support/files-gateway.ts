import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReceiveFile } from "../../../gateway/files/files-endpoint.ts";
import type { GatewayOptions } from "../../../gateway/gateway-options.ts";
import { startTestGateway, type TestGateway } from "./test-gateway.ts";

type Received = { readonly name: string; readonly sha256: string; readonly headers: object };

type FilesGateway = TestGateway & {
  readonly received: readonly Received[];
  /** What the receiver's streams failed with. */
  readonly failures: readonly unknown[];
  upload(
    body: NonNullable<RequestInit["body"]>,
    init?: { query?: string; headers?: Record<string, string> },
  ): Promise<{ status: number; body: unknown }>;
};

/** A gateway whose receiver reads each file to its end and notes its digest, or what its stream failed with. */
export async function startWithFiles(options: Partial<GatewayOptions> = {}): Promise<FilesGateway> {
  const received: Received[] = [];
  const failures: unknown[] = [];
  const receiveFile: ReceiveFile = async ({ stream, name, headers }) => {
    try {
      const hash = await hashOf(stream);
      received.push({ name, sha256: hash, headers });
      return { status: 201, body: { sha256: hash } };
    } catch (error) {
      failures.push(error);
      throw new Error("the receiver could not read the file");
    }
  };
  const gateway = await startTestGateway({ receiveFile, ...options });
  return {
    ...gateway,
    received,
    failures,
    async upload(body, { query = "", headers = {} } = {}) {
      const init = {
        method: "POST",
        headers: { authorization: "Bearer good", ...headers },
        body,
        duplex: "half",
      } as RequestInit;
      const response = await fetch(`${gateway.url}/files${query}`, init);
      return { status: response.status, body: await response.json() };
    },
  };
}

export async function hashOf(stream: Readable): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(stream, hash);
  return hash.digest("hex");
}
