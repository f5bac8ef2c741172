import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { webhookReceivers } from "../../adapters/webhooks/receivers.ts";
import { subgraph } from "../../subgraphs/accounts/subgraph.ts";
import { receiveUpload } from "../../subgraphs/reconciliation/import/receive-upload.ts";
import { receiveWebhook } from "../../subgraphs/reconciliation/webhooks/receive-webhook.ts";
import { type FileStorage, openFileStorage } from "../../subgraphs/shared/file-storage.ts";
import { adyenDelivery } from "../support/webhook-senders.ts";
import { at, codes, type Graph, openGraph, type Row } from "./support/graph.ts";

let graph: Graph;
let folder: string;
let storage: FileStorage;
beforeAll(async () => {
  graph = await openGraph("machines", [subgraph], {
    ada: { mer_a: "administrator" },
    fin: { mer_a: "finance" },
    max: { mer_b: "administrator" },
  });
  for (const [merchant_id, account] of Object.entries({ mer_a: "ShopA", mer_b: "ShopB" }))
    await graph.insert("accounts.provider_account", { merchant_id, provider: "adyen", account });
  folder = await mkdtemp(join(tmpdir(), "concord-machines-"));
  storage = openFileStorage(folder);
});
afterAll(async () => {
  await graph.close();
  await rm(folder, { recursive: true, force: true });
});

let sent = 0;
const act = async (user: string, field: string, input: Row) => {
  sent += 1;
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) {
    ... on MachineChange { machineId keyId key } ... on AccountRefusal { reason } } }`;
  const answer = await graph.ask(user, subgraph, query, {
    input: { merchantId: "mer_a", idempotencyKey: `key-${sent}`, ...input },
  });
  return answer.errors ? { codes: codes(answer) } : (at(answer, "data", field) as Row);
};
type Made = { readonly machineId: string; readonly keyId: string; readonly key: string };
const create = async (input: Row = {}) =>
  (await act("ada", "createMachine", { name: `sender ${sent}`, provider: "adyen", ...input })) as Made;

async function upload(key: string, merchantId?: string): Promise<unknown> {
  sent += 1;
  const stream = Readable.from([Buffer.from(`file ${sent}`)]);
  const given = {
    stream,
    name: "f.csv",
    headers: { authorization: `Bearer ${key}` },
    ...(merchantId && { merchantId }),
  };
  return receiveUpload({ ...graph.services, storage }, given).then(
    ({ status }) => status,
    (error: { readonly code: string }) => error.code,
  );
}

test("a machine's key sends files to its merchant, held to provider and accounts, and only its hash is kept", async () => {
  const { machineId, keyId, key } = await create({ name: "Adyen at night", accounts: ["ShopA"] });
  expect(await upload(key)).toBe(201);
  expect(await upload(key, "mer_b")).toBe("FORBIDDEN");
  const [file] = await graph.sql(
    "select merchant_id, only_provider, only_accounts, received_by from reconciliation.source_file",
  );
  expect(file).toEqual({
    merchant_id: "mer_a",
    only_provider: "adyen",
    only_accounts: ["ShopA"],
    received_by: `machine:${machineId}`,
  });
  const secret = key.split(".")[3];
  const everywhere = ["accounts.machine", "accounts.machine_key", "accounts.account_change", "delivery.audit_entry"];
  for (const table of everywhere)
    expect(JSON.stringify(await graph.sql(`select * from ${table}`))).not.toContain(secret);
  const query = `{ machines(merchantId: "mer_a") { edges { node { id name provider accounts version revokedAt
    keys { id isGood lastUsedAt } } } } }`;
  const answer = await graph.ask("ada", subgraph, query);
  expect(at(answer, "data", "machines", "edges", 0, "node")).toEqual({
    id: machineId,
    name: "Adyen at night",
    provider: "adyen",
    accounts: ["ShopA"],
    version: 1,
    revokedAt: null,
    keys: [{ id: keyId, isGood: true, lastUsedAt: expect.stringMatching(/^20\d\d-/) }],
  });
});

test("a request that is sent again gets the machine and not its key", async () => {
  const input = { name: "Again", provider: "adyen", idempotencyKey: "again" };
  const first = await act("ada", "createMachine", input);
  expect(first["key"]).toMatch(/^cmk\.mac_/);
  expect(await act("ada", "createMachine", input)).toEqual({ ...first, key: null });
});

test("what is not a good key is refused with one text", async () => {
  const { key } = await create();
  const [prefix, machine, id, secret = ""] = key.split(".");
  const wrong = [prefix, machine, id, `${secret.startsWith("A") ? "B" : "A"}${secret.slice(1)}`].join(".");
  const other = (await create()).key.split(".");
  const mixed = [prefix, machine, other[2], other[3]].join(".");
  for (const bad of [wrong, mixed, "cmk.x", "cmk...", `${key}x`]) expect(await upload(bad)).toBe("UNAUTHENTICATED");
  await graph.sql("update accounts.machine_key set expires_at = clock_timestamp() where id = $1", [id]);
  expect(await upload(key)).toBe("UNAUTHENTICATED");
});

test("keys rotate under load without a refused file, and the old one is taken no more once it is revoked", async () => {
  const { machineId, keyId, key } = await create();
  let current = key;
  const answers: unknown[] = [];
  let isOver = false;
  const lane = async () => {
    while (!isOver) answers.push(await upload(current));
  };
  const lanes = [lane(), lane(), lane()];
  const rotated = (await act("ada", "rotateMachineKey", { machineId, overlapHours: 1 })) as Made;
  expect(rotated.key).not.toBe(key);
  expect(await act("ada", "rotateMachineKey", { machineId })).toEqual({ reason: "TWO_KEYS" });
  expect([await upload(key), await upload(rotated.key)]).toEqual([201, 201]);
  current = rotated.key;
  const before = answers.length;
  while (answers.length < before + 12) await upload(rotated.key);
  await act("ada", "revokeMachine", { machineId, keyId });
  while (answers.length < before + 24) await upload(rotated.key);
  isOver = true;
  await Promise.all(lanes);
  expect(new Set(answers)).toEqual(new Set([201]));
  expect(await upload(key)).toBe("UNAUTHENTICATED");
  expect(await act("ada", "revokeMachine", { machineId })).toMatchObject({ machineId, keyId: null });
  expect(await upload(rotated.key)).toBe("UNAUTHENTICATED");
  const acts = await graph.sql<{ action: string }>(
    "select action from delivery.audit_entry where detail -> 'after' ->> 'id' = $1 and outcome = 'DONE' order by position",
    [machineId],
  );
  expect(acts.map(({ action }) => action)).toEqual([
    "machine.create",
    "machine.rotate-key",
    "machine.revoke",
    "machine.revoke",
  ]);
});

describe("administrators", () => {
  test("of one merchant neither see nor touch the machines of another", async () => {
    const { machineId } = await create();
    expect(await act("max", "rotateMachineKey", { machineId, merchantId: "mer_b" })).toEqual({ reason: "NOT_FOUND" });
    expect(await act("max", "rotateMachineKey", { machineId })).toEqual({ codes: ["FORBIDDEN"] });
    expect(await act("fin", "createMachine", { name: "mine", provider: "adyen" })).toEqual({ codes: ["FORBIDDEN"] });
    const answer = await graph.ask("max", subgraph, '{ machines(merchantId: "mer_b") { edges { node { id } } } }');
    expect(at(answer, "data", "machines", "edges")).toEqual([]);
  });

  test("are told of a name that is taken, and of what cannot be", async () => {
    await create({ name: "Night" });
    expect(await create({ name: "night" })).toEqual({ reason: "NAME_TAKEN" });
    for (const bad of [{ name: " " }, { provider: "Adyen!" }, { accounts: [] }, { days: 0 }, { days: 731 }])
      expect(await create(bad), JSON.stringify(bad)).toEqual({ codes: ["INVALID_INPUT"] });
  });
});

test("a token whose subject calls itself a machine is no token", async () => {
  const { machineId } = await create();
  const token = await graph.token(`machine:${machineId}`);
  await expect(graph.services.verifyToken(`Bearer ${token}`)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

describe("webhooks", () => {
  const receivers = webhookReceivers({ adyen: { hmacKeys: ["a1".repeat(32)] } });
  const send = (key: string | undefined, account: string, provider = "adyen") => {
    const item = { eventCode: "AUTHORISATION", pspReference: `P${sent}`, merchantAccountCode: account };
    const { body, headers } = adyenDelivery([item], "b2".repeat(32));
    const delivery = {
      body,
      headers: { ...headers, ...(key && { authorization: `Bearer ${key}` }) },
      account: undefined,
    };
    return receiveWebhook({ ...graph.services, receivers }, provider, delivery).then(({ status }) => status);
  };

  test("a machine's key stands for the provider's signature, for the merchant's own accounts", async () => {
    const { key } = await create();
    expect(await send(undefined, "ShopA")).toBe(401);
    expect(await send(key, "ShopA")).toBe(200);
    expect(await send(key, "ShopB")).toBe(403);
    const { key: narrow } = await create({ accounts: ["Other"] });
    expect(await send(narrow, "ShopA")).toBe(403);
    const { key: edenred, machineId } = await create({ provider: "edenred" });
    expect(await send(edenred, "ShopA")).toBe(403);
    const [denied] = await graph.sql(
      "select action, outcome, detail from delivery.audit_entry where actor_id = $1 order by position desc",
      [`machine:${machineId}`],
    );
    expect(denied).toEqual({ action: "webhook.send", outcome: "DENIED", detail: { refusal: "another provider" } });
    expect(await send(`${key}x`, "ShopA")).toBe(401);
  });
});
