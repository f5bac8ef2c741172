import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { forwardUpload } from "../../commands/forward-upload.ts";
import type { AppError } from "../../subgraphs/shared/errors.ts";
import { type CallKey, createCallVerifier } from "../../subgraphs/shared/identity/call-signature.ts";
import { createLog } from "../../subgraphs/shared/log.ts";
import { refuseCall, verifyStream } from "../../subgraphs/shared/subgraph/signed-call.ts";

const ONE: CallKey = { id: "one", secret: "1".repeat(32) };
const TWO: CallKey = { id: "two", secret: "2".repeat(32) };
const log = createLog({ logLevel: "silent" }, {});

/** The upload's door of a reconciliation subgraph that knows key one. */
async function startReceiver(subgraph = "reconciliation") {
  const taken: string[] = [];
  const paths: (string | undefined)[] = [];
  const verifyCall = createCallVerifier({ subgraph, keys: [ONE] });
  const server = createServer(async (request, response) => {
    try {
      verifyStream(verifyCall, request);
    } catch (error) {
      return refuseCall(error as AppError, request, response, log);
    }
    paths.push(request.url);
    taken.push(`${request.headers["x-upload-merchant"]} ${request.headers["x-file-name"]} ${await text(request)}`);
    response.writeHead(201).end('{"id":"fil_1"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, taken, paths, close };
}

function upload() {
  const headers = { authorization: "Bearer ann", "x-request-id": "r", "x-client-address": "203.0.113.7" };
  return {
    stream: Readable.from([Buffer.from("a;"), Buffer.from("b")]),
    name: "März.csv",
    merchantId: "mer_a",
    headers,
  };
}

test("an upload is passed on signed, with its name and merchant", async () => {
  const { url, taken } = await startReceiver();
  expect(await forwardUpload(url, [ONE])(upload())).toEqual({ status: 201, body: { id: "fil_1" } });
  expect(taken).toEqual(["mer_a M%C3%A4rz.csv a;b"]);
});

test("that an upload is for a preview only is passed on under the signature", async () => {
  const { url, taken, paths } = await startReceiver();
  await forwardUpload(url, [ONE])({ ...upload(), previewOnly: true });
  expect([paths, taken.length]).toEqual([["/files?preview=true"], 1]);
});

test.each<[string, () => Promise<{ url: string; taken: string[] }>, Parameters<typeof forwardUpload>[1]]>([
  ["does not know our key", () => startReceiver(), [TWO]],
  ["is another subgraph", () => startReceiver("accounts"), [ONE]],
  ["wants a signature and gets none", () => startReceiver(), undefined],
])("a receiver that %s is out of order, and the user not signed out", async (_, start, keys) => {
  const { url, taken } = await start();
  await expect(forwardUpload(url, keys)(upload())).rejects.toMatchObject({ code: "SUBGRAPH_UNAVAILABLE" });
  expect(taken).toEqual([]);
});

test("a receiver that is away is named by its code", async () => {
  const { url, close } = await startReceiver();
  close();
  await expect(forwardUpload(url, [ONE])(upload())).rejects.toMatchObject({ code: "SUBGRAPH_UNAVAILABLE" });
});
