import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadTrustedDocuments } from "../../gateway/trusted-documents/trusted-documents.ts";
import { startTestGateway } from "./support/test-gateway.ts";

const ORDERS = "query Orders { orders { id } }";
const ORDERS_ID = `sha256:${createHash("sha256").update(ORDERS).digest("hex")}`;
const ANSWER = { data: { orders: [{ id: "1" }, { id: "2" }] } };

describe("a client that registered its documents", () => {
  test("sends the id in place of the text", async () => {
    const { query } = await startTrusting({ only: false });
    expect(await query({ documentId: ORDERS_ID })).toMatchObject({ status: 200, body: ANSWER });
    expect(await query({ documentId: "web/named" })).toMatchObject({ status: 200 });
    expect(await query("{ orders { note } }")).toMatchObject({ status: 200 });
  });

  test("may send the registered text, and no other, where only registered documents run", async () => {
    const { query } = await startTrusting({ only: true });
    expect((await query({ documentId: ORDERS_ID })).body).toEqual(ANSWER);
    expect((await query(ORDERS)).body).toEqual(ANSWER);
    for (const text of ["{ orders { note } }", `${ORDERS} `, "{ __typename }"]) {
      const { status, body } = await query(text);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ extensions: { code: "OPERATION_NOT_ALLOWED" } }]);
      expect(body).not.toHaveProperty("data");
    }
  });

  test.each([`sha256:${"0".repeat(64)}`, "", "__proto__", "constructor", 7, null, { $ne: null }])(
    "is refused the id %j, which nobody registered",
    async (documentId) => {
      for (const only of [true, false]) {
        const { query } = await startTrusting({ only });
        const { status, body } = await query({ documentId });
        expect(status).toBe(400);
        expect(body.errors).toMatchObject([{ extensions: { code: "OPERATION_NOT_ALLOWED" } }]);
      }
    },
  );

  test("sends an id or a text, not both", async () => {
    const { query } = await startTrusting({ only: false });
    const { status, body } = await query({ documentId: ORDERS_ID, query: "{ __typename }" });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ extensions: { code: "INVALID_INPUT" } }]);
  });
});

test("where no documents are registered, an id is refused", async () => {
  const { query } = await startTestGateway();
  expect((await query({ documentId: ORDERS_ID })).body.errors).toMatchObject([
    { extensions: { code: "OPERATION_NOT_ALLOWED" } },
  ]);
});

describe("persisted queries are no way around it: nothing is stored", () => {
  const sha256Hash = createHash("sha256").update(ORDERS).digest("hex");
  const hashOnly = { extensions: { persistedQuery: { version: 1, sha256Hash } } };

  test.each([
    ["a hash alone", hashOnly],
    ["a hash with its text", { ...hashOnly, query: ORDERS }],
    ["a wrong hash", { query: ORDERS, extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } }],
  ])("%s gets 400", async (_, body) => {
    const { query } = await startTestGateway();
    expect((await query(body)).status).toBe(400);
    const again = await query(hashOnly);
    expect(again.status).toBe(400);
    expect(again.body).not.toHaveProperty("data");
  });
});

describe("a manifest is refused at the start", () => {
  test.each([
    ["that is no JSON", { "web.json": "{" }, /no manifest/],
    ["with something else than texts", { "web.json": '{"a": {"query": "x"}}' }, /no manifest/],
    ["whose hash is not the text's", { "web.json": JSON.stringify({ [ORDERS_ID]: "{ x }" }) }, /has the hash/],
    ["that gives another's id a second text", { "a.json": '{"x": "{ a }"}', "b.json": '{"x": "{ b }"}' }, /rename one/],
    ["that is missing", {}, /holds no manifest/],
  ])("%s", async (_, files, message) => {
    await expect(loadTrustedDocuments(await folderWith(files))).rejects.toMatchObject({
      code: "BAD_CONFIGURATION",
      message,
    });
  });

  test("at a path that is not there", async () => {
    const load = loadTrustedDocuments("/nowhere/manifest.json");
    await expect(load).rejects.toMatchObject({ code: "BAD_CONFIGURATION", message: /CONCORD_TRUSTED_DOCUMENTS/ });
  });
});

async function startTrusting({ only }: { only: boolean }) {
  const folder = await folderWith({
    "web.json": JSON.stringify({ [ORDERS_ID]: ORDERS }),
    "app.json": JSON.stringify({ "web/named": "{ orders { cents } }", [ORDERS_ID]: ORDERS }),
  });
  return startTestGateway({ trustedDocuments: { documents: await loadTrustedDocuments(folder), only } });
}

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "concord-documents-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}
