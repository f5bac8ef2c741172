import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { receiveUpload } from "../../subgraphs/reconciliation/import/receive-upload.ts";
import { subgraph as reconciliation } from "../../subgraphs/reconciliation/subgraph.ts";
import { type FileStorage, openFileStorage } from "../../subgraphs/shared/file-storage.ts";
import { type Graph, openGraph } from "./support/graph.ts";

let graph: Graph;
let folder: string;
let storage: FileStorage;
beforeAll(async () => {
  graph = await openGraph("upload", [reconciliation], {
    ann: { mer_a: "finance" },
    two: { mer_a: "finance", mer_b: "finance" },
    max: { mer_a: "adapter" },
    vic: { mer_a: "viewer" },
  });
  await graph.sql("update accounts.membership set provider = 'edenred' where user_id = 'max'");
  folder = await mkdtemp(join(tmpdir(), "concord-upload-"));
  storage = openFileStorage(folder);
});
afterAll(async () => {
  await graph.close();
  await rm(folder, { recursive: true, force: true });
});

async function upload(user: string, content: string, more: { previewOnly?: boolean; merchantId?: string } = {}) {
  const headers = { authorization: `Bearer ${await graph.token(user)}` };
  const stream = Readable.from([Buffer.from(content)]);
  const { status, body } = await receiveUpload(
    { ...graph.services, storage },
    { stream, name: "f.csv", headers, ...more },
  );
  const [row] = await graph.sql(
    "select task, only_provider, only_accounts, received_by from reconciliation.source_file where id = $1",
    [body["id"]],
  );
  return { status, ...row };
}

test("a person's file may be of any provider, and is imported or previewed as asked", async () => {
  expect(await upload("ann", "one")).toEqual({
    status: 201,
    task: "IMPORT",
    only_provider: null,
    only_accounts: null,
    received_by: "ann",
  });
  expect(await upload("ann", "two", { previewOnly: true })).toMatchObject({ status: 201, task: "PREVIEW" });
  expect(await upload("ann", "two", { previewOnly: true })).toMatchObject({ status: 200, task: "PREVIEW" });
});

test("a machine's file is held to the provider and the accounts that its membership names", async () => {
  expect(await upload("max", "three")).toMatchObject({ status: 201, only_provider: "edenred", received_by: "max" });
  await graph.sql("update accounts.membership set accounts = '{7000001}' where user_id = 'max'");
  expect(await upload("max", "three again")).toMatchObject({ only_provider: "edenred", only_accounts: ["7000001"] });
});

test("who may not upload, or not for this merchant, leaves nothing", async () => {
  await expect(upload("vic", "four")).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(upload("ann", "five", { merchantId: "mer_b" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(upload("two", "six")).rejects.toMatchObject({ code: "INVALID_INPUT" });
});

test("an upload stands in the audit with where it came from, and so does one that is refused", async () => {
  const call = { "x-request-id": "up-9", "x-client-address": "203.0.113.7" };
  const send = async (user: string, merchantId?: string) =>
    receiveUpload(
      { ...graph.services, storage },
      {
        stream: Readable.from([Buffer.from("audited")]),
        name: "4111111111111111.csv",
        headers: { authorization: `Bearer ${await graph.token(user)}`, ...call },
        ...(merchantId !== undefined && { merchantId }),
      },
    );
  const { body } = await send("ann");
  await send("ann");
  await expect(send("vic")).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(send("ann", "mer_b")).rejects.toMatchObject({ code: "FORBIDDEN" });
  const denied = { action: "settlement-file.upload", outcome: "DENIED", object_id: "-", name: null };
  expect(
    await graph.sql(
      `select merchant_id, actor_id, action, outcome, object_id, detail ->> 'name' as name, address
       from delivery.audit_entry where request_id = 'up-9' order by position`,
    ),
  ).toEqual(
    [
      { actor_id: "ann", ...denied, outcome: "DONE", object_id: body["id"], name: "411111******1111.csv" },
      { actor_id: "vic", ...denied },
      { actor_id: "ann", ...denied },
    ].map((entry) => ({ merchant_id: "mer_a", ...entry, address: "203.0.113.7" })),
  );
});
