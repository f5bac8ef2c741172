import { createHash, randomBytes } from "node:crypto";
import { request } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, test } from "vitest";
import { AppError } from "../../subgraphs/shared/errors.ts";
import { hashOf, startWithFiles } from "./support/files-gateway.ts";
import { until } from "./support/test-gateway.ts";

const SIGNED_IN = { authorization: "Bearer good" };

describe("an upload", () => {
  test("of raw bytes is handed on whole, with its name, the token and the request id", async () => {
    const { upload, received } = await startWithFiles();
    const headers = { "content-type": "text/csv", "x-request-id": "up-1", "x-merchant-id": "mer_2" };
    const { status, body } = await upload("a;b\n1;2\n", { query: "?name=march.csv", headers });
    expect(status).toBe(201);
    expect(body).toEqual({ sha256: sha256("a;b\n1;2\n") });
    expect(received).toEqual([
      {
        name: "march.csv",
        sha256: sha256("a;b\n1;2\n"),
        headers: { authorization: "Bearer good", "x-request-id": "up-1", "x-client-address": "127.0.0.1" },
      },
    ]);
  });

  test("that its sender signed is handed on with the signature", async () => {
    const { upload, received } = await startWithFiles();
    await upload("x", { query: "?name=a.csv", headers: { "x-file-signature": "t=1,v1=ab" } });
    expect(received).toMatchObject([{ headers: { "x-file-signature": "t=1,v1=ab" } }]);
  });

  test("as a form is handed on the same way", async () => {
    const { upload, received } = await startWithFiles();
    const form = new FormData();
    form.set("note", "please");
    form.set("file", new Blob(["a;b\n"]), "march.csv");
    expect((await upload(form)).status).toBe(201);
    expect(received).toMatchObject([{ name: "march.csv", sha256: sha256("a;b\n") }]);
  });

  test("that is already known is answered as the receiver says", async () => {
    const { upload } = await startWithFiles({
      receiveFile: async ({ stream }) => {
        await hashOf(stream);
        return { status: 200, body: { id: "fil_1" } };
      },
    });
    expect(await upload("a", { query: "?name=a" })).toEqual({ status: 200, body: { id: "fil_1" } });
  });

  test.each([
    ["the query", { query: "?name=d%C3%A9cembre.csv" }, "décembre.csv"],
    ["x-file-name", { headers: { "x-file-name": "d%C3%A9cembre.csv" } }, "décembre.csv"],
    ["Content-Disposition", { headers: { "content-disposition": 'attachment; filename="a b.csv"' } }, "a b.csv"],
    [
      "Content-Disposition in UTF-8",
      { headers: { "content-disposition": "attachment; filename*=UTF-8''%e2%82%ac.csv" } },
      "€.csv",
    ],
    ["a path", { query: "?name=..%2F..%2Fetc%2Fpasswd" }, "passwd"],
    ["a path of Windows", { query: "?name=C:%5Cdata%5Ca.csv" }, "a.csv"],
    ["a name with control signs", { query: "?name=a%0A%00%E2%80%AEb.csv" }, "ab.csv"],
  ])("is named by %s", async (_, init, name) => {
    const { upload, received } = await startWithFiles();
    expect((await upload("x", init)).status).toBe(201);
    expect(received[0]?.name).toBe(name);
  });

  test.each(["", "?name=", "?name=..", "?name=%00", `?name=${"x".repeat(256)}`])(
    "without a usable name (%j) is refused",
    async (query) => {
      const { upload, received } = await startWithFiles();
      const { status, body } = await upload("x", { query });
      expect(status).toBe(400);
      expect(body).toMatchObject({ errors: [{ message: /file name/, extensions: { code: "INVALID_INPUT" } }] });
      expect(received).toEqual([]);
    },
  );

  test("without a good token is refused before it is read", async () => {
    const { upload, received } = await startWithFiles();
    expect((await upload("x", { query: "?name=a", headers: { authorization: "Bearer bad" } })).status).toBe(401);
    expect(received).toEqual([]);
  });

  test("that is compressed on the way is refused", async () => {
    const { upload } = await startWithFiles();
    expect((await upload("x", { query: "?name=a", headers: { "content-encoding": "gzip" } })).status).toBe(415);
  });
});

describe("an upload over the limit gets 413", () => {
  const config = { host: "127.0.0.1", port: 0, maxFileBytes: 100_000 };

  test("by its declared length, before a byte is handed on", async () => {
    const { upload, received } = await startWithFiles({ config });
    expect((await upload("x".repeat(200_000), { query: "?name=a" })).status).toBe(413);
    expect(received).toEqual([]);
  });

  test("while it streams, and the receiver's stream fails rather than ends", async () => {
    const { upload, failures } = await startWithFiles({ config });
    const endless = Readable.toWeb(Readable.from(pieces(10))) as ReadableStream;
    const { status, body } = await upload(endless, { query: "?name=a" });
    expect(status).toBe(413);
    expect(body).toMatchObject({ errors: [{ extensions: { code: "TOO_LARGE" } }] });
    expect(failures).toMatchObject([{ code: "TOO_LARGE" }]);
  });

  test("as a form", async () => {
    const { upload, failures } = await startWithFiles({ config });
    const form = new FormData();
    form.set("file", new Blob(["x".repeat(100_001)]), "a.csv");
    expect((await upload(form)).status).toBe(413);
    expect(failures).toMatchObject([{ code: "TOO_LARGE" }]);
  });
});

describe("a form is refused", () => {
  test("without a file", async () => {
    const { upload } = await startWithFiles();
    const form = new FormData();
    form.set("note", "no file here");
    expect((await upload(form)).status).toBe(400);
  });

  test("with two files, and the first is not taken either", async () => {
    const { upload, received, failures } = await startWithFiles();
    const form = new FormData();
    form.set("one", new Blob(["1"]), "1.csv");
    form.set("two", new Blob(["2"]), "2.csv");
    const { status, body } = await upload(form);
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ message: /one at a time/ }] });
    expect(received).toEqual([]);
    expect(failures).toHaveLength(1);
  });

  test.each([
    ["without a boundary", "multipart/form-data", "x"],
    [
      "that is cut off",
      "multipart/form-data; boundary=b",
      '--b\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\n1;2',
    ],
    ["that is no form", "multipart/form-data; boundary=b", "a;b\n"],
  ])("%s", async (_, contentType, body) => {
    const { upload, received } = await startWithFiles();
    expect((await upload(body, { headers: { "content-type": contentType } })).status).toBe(400);
    expect(received).toEqual([]);
  });
});

describe("an upload that does not arrive", () => {
  test("fails the receiver's stream when the client leaves", async () => {
    const { url, failures } = await startWithFiles();
    const socket = await begin(url, "content-length: 1000\r\n\r\nhalf of it");
    socket.destroy();
    await until(() => failures.length > 0);
    expect(failures).toMatchObject([{ code: "INVALID_INPUT" }]);
  });

  test("is answered with 408 when it stalls", async () => {
    const { url, failures } = await startWithFiles({ config: { host: "127.0.0.1", port: 0, fileIdleMs: 50 } });
    const status = await new Promise((resolve, reject) => {
      const call = request(`${url}/files?name=a`, { method: "POST", headers: SIGNED_IN });
      call.once("response", (response) => resolve(response.resume().statusCode)).once("error", reject);
      call.write("half of it");
    });
    expect(status).toBe(408);
    expect(failures).toMatchObject([{ code: "REQUEST_TIMEOUT" }]);
  });
});

describe("a receiver that fails", () => {
  test("with an error of our table is quoted", async () => {
    const rejected = new AppError("FILE_REJECTED", "No adapter accepts a.csv: add one.");
    const { upload } = await startWithFiles({ receiveFile: async () => Promise.reject(rejected) });
    const { status, body } = await upload("x".repeat(1_000_000), { query: "?name=a.csv" });
    expect(status).toBe(422);
    expect(body).toEqual({ errors: [{ message: rejected.message, extensions: { code: "FILE_REJECTED" } }] });
  });

  test("because too many files wait says when to come again", async () => {
    const busy = new AppError("OVERLOADED", "200 files wait to be read: send this one again later");
    for (const receiveFile of [async () => Promise.reject(busy), async () => ({ status: 503, body: {} })]) {
      const { url } = await startWithFiles({ receiveFile });
      const response = await fetch(`${url}/files?name=a.csv`, { method: "POST", headers: SIGNED_IN, body: "x" });
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
    }
  });

  test("otherwise is not", async () => {
    const { upload } = await startWithFiles({
      receiveFile: async () => Promise.reject(new Error("ENOSPC /var/lib/x")),
    });
    const { status, body } = await upload("x", { query: "?name=a.csv" });
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("ENOSPC");
  });
});

test("nearly a hundred megabytes pass through without being kept", async () => {
  const { url } = await startWithFiles();
  for (const kind of ["raw", "form"] as const) {
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 5);
    expect(await uploadPieces(url, kind, 1_500)).toBe(201);
    clearInterval(watch);
    expect([kind, (peak - before) / 1e6]).toEqual([kind, expect.toSatisfy((megabytes) => megabytes < 40)]);
  }
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** `count` pieces of 64 KiB. */
function* pieces(count: number): Generator<Buffer> {
  const piece = randomBytes(65_536);
  for (let i = 0; i < count; i++) yield piece;
}

async function uploadPieces(url: string, kind: "raw" | "form", count: number): Promise<number | undefined> {
  const type = kind === "form" ? "multipart/form-data; boundary=b" : "text/csv";
  const call = request(`${url}/files?name=a`, { method: "POST", headers: { ...SIGNED_IN, "content-type": type } });
  const status = new Promise<number | undefined>((resolve, reject) => {
    call.once("response", (response) => resolve(response.resume().statusCode)).once("error", reject);
  });
  await pipeline(Readable.from(kind === "form" ? inForm(pieces(count)) : pieces(count)), call);
  return status;
}

function* inForm(file: Iterable<Buffer>): Generator<Buffer> {
  yield Buffer.from('--b\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\n');
  yield* file;
  yield Buffer.from("\r\n--b--\r\n");
}

/** Opens a connection and sends the head of an upload with what follows it. */
async function begin(url: string, rest: string): Promise<Socket> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port) satisfies AddressInfo["port"], hostname);
  await new Promise((resolve) => socket.once("connect", resolve));
  await new Promise((resolve) => {
    socket.write(`POST /files?name=a HTTP/1.1\r\nhost: x\r\nauthorization: Bearer good\r\n${rest}`, resolve);
  });
  return socket;
}
