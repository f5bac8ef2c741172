import { spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { receiveUpload, type UploadServices } from "../../subgraphs/reconciliation/import/receive-upload.ts";
import { startWorker } from "../../subgraphs/reconciliation/work/start-worker.ts";
import { openDatabase } from "../../subgraphs/shared/database/connection.ts";
import { openFileStorage } from "../../subgraphs/shared/file-storage.ts";
import { createGrantsReader } from "../../subgraphs/shared/identity/grants.ts";
import { createJobs } from "../../subgraphs/shared/jobs/jobs.ts";
import { openPostgresStore } from "../support/job-stores.ts";
import { type Ledger, openLedger, type Shop } from "../support/ledger.ts";
import { adyenReport, terminalJournal } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";

/* F44, F45 and F48 of the list in bad-files.test.ts: disks that are full, many files at once, and signatures. */

const KEY = "a key of Edenred's";
const KEEP_FILE = fileURLToPath(new URL("../support/keep-file.ts", import.meta.url));
const log = pino({ level: "silent" });
let ledger: Ledger;
let services: UploadServices;
let close: () => Promise<void>;
beforeAll(async () => {
  ledger = await openLedger("bad_files_sending");
  const database = await openDatabase(
    { url: ledger.url },
    { role: "app", maxConnections: 6, onError: () => undefined },
  );
  services = {
    database,
    storage: ledger.services.storage,
    // Who signed a token is another suite's question.
    verifyToken: async (authorization = "") => ({ userId: authorization, name: authorization }),
    grantsOf: createGrantsReader(database),
    fileKeys: [
      { account: "edenred", key: KEY },
      { account: "adyen", key: "another key" },
    ],
  };
  close = () => database.destroy();
});
afterAll(async () => {
  await close();
  await ledger.close();
});

async function member(shop: Shop, role: string, provider: string | null = null): Promise<string> {
  const user = `${role}@${shop.id}`;
  await ledger.rows("insert into accounts.membership (merchant_id, user_id, role, provider) values ($1, $2, $3, $4)", [
    ...[shop.id, user, role, provider],
  ]);
  return user;
}

const upload = (user: string, content: string, headers: Readonly<Record<string, string>> = {}) =>
  receiveUpload(services, {
    stream: Readable.from([Buffer.from(content)]),
    name: "f.csv",
    headers: { authorization: user, ...headers },
  });

const filesOf = (shop: Shop) => shop.rows("reconciliation.source_file");

describe("F44: a disk that is full", () => {
  test("during an upload leaves nothing, and the same file is taken once there is room", async () => {
    const folder = await mkdtemp(join(tmpdir(), "concord-full-"));
    try {
      const content = Buffer.alloc(1_000_000, "a row of a file\n");
      // Files may grow to 256 KiB at most, as on a disk that has no more.
      const shell = `trap '' XFSZ; ulimit -f 256; exec "$0" --import tsx "$1" "$2"`;
      const child = spawn("bash", ["-c", shell, process.execPath, KEEP_FILE, folder], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      child.stdin.on("error", () => undefined).end(content);
      const [said] = await Promise.all([text(child.stdout), once(child, "exit")]);
      expect(JSON.parse(said)).toEqual({
        code: "STORAGE_FULL",
        message: "there is no room to keep the file; nothing of it was kept",
      });
      expect(await readdir(folder)).toEqual(["incoming"]);
      expect(await readdir(join(folder, "incoming"))).toEqual([]);
      const kept = await openFileStorage(folder).put(Readable.from([content]));
      expect(kept).toMatchObject({ sizeBytes: 1_000_000n });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  /** The database answers as PostgreSQL does where it cannot extend a file. */
  const fill = (trigger: string) =>
    ledger.rows(`
      create function public.disk_full() returns trigger language plpgsql as $$
        begin raise 'could not extend file: No space left on device' using errcode = '53100'; end $$;
      ${trigger}`);
  const makeRoom = () => ledger.rows("drop function if exists public.disk_full() cascade");
  afterEach(makeRoom);

  test("where an upload is written down, the sender is told, and sends it again", async () => {
    const shop = await ledger.openShop();
    const user = await member(shop, "finance");
    await fill(
      "create trigger full_disk before insert on reconciliation.source_file execute function public.disk_full()",
    );
    await expect(upload(user, "a;b\n")).rejects.toThrow("No space left on device");
    expect(await filesOf(shop)).toEqual([]);
    await makeRoom();
    expect(await upload(user, "a;b\n")).toMatchObject({ status: 201, body: { alreadyKnown: false } });
  });

  test.each([
    [
      "while a row is quarantined",
      "create trigger full_disk before insert on reconciliation.source_record execute function public.disk_full()",
    ],
    [
      "at the commit",
      `create constraint trigger full_disk after update on reconciliation.source_file deferrable initially deferred
       for each row when (new.status = 'PARTIALLY_APPLIED') execute function public.disk_full()`,
    ],
  ])("%s leaves nothing of the file, which is taken once there is room", async (_, trigger) => {
    const shop = await ledger.openShop();
    // One row comes in, and one is of a day that does not exist.
    const content = terminalJournal(shop.terminal, [
      { amount: 100, account: shop.adyen },
      { amount: 100, account: shop.adyen, time: "2026-02-30 12:00:00" },
    ]);
    const { body } = await upload(await member(shop, "finance"), content);
    await fill(trigger);
    await expect(importFile(ledger.services, shop.id, `${body["id"]}`)).rejects.toThrow("No space left on device");
    expect(Object.values(await shop.factCounts()).every((count) => count === 0)).toBe(true);
    expect(await shop.rows("reconciliation.source_record")).toEqual([]);
    expect(await filesOf(shop)).toMatchObject([{ status: "PARSING", problem: null }]);
    await makeRoom();
    await importFile(ledger.services, shop.id, `${body["id"]}`);
    expect(await filesOf(shop)).toMatchObject([{ status: "PARTIALLY_APPLIED", rows_accepted: 1, rows_quarantined: 1 }]);
  });
});

test("F45: of 500 files at once two hundred wait, the others are sent again, and each is read once", async () => {
  const shop = await ledger.openShop();
  const user = await member(shop, "finance");
  // Most are of no format: what they have to wait for is the same, and it is over sooner.
  const contents = Array.from({ length: 500 }, (_, at) =>
    at % 20 === 0 ? adyenReport(shop.adyen, [{ psp: `P${at}`, gross: 100 + at }], { batch: `${at + 1}` }) : `${at}\n`,
  );
  const refused: string[] = [];
  const send = (content: string): Promise<unknown> =>
    upload(user, content).catch((error: { code: string; message: string }) => {
      // Of so many at once one may wait too long for a connection where the machine is busy; its sender tries again.
      if (error.message === "timeout exceeded when trying to connect") return send(content);
      expect(error).toMatchObject({
        code: "OVERLOADED",
        message: expect.stringContaining("send this one again later"),
      });
      refused.push(content);
      return undefined;
    });
  await Promise.all(contents.map(send));
  expect(refused).toHaveLength(300);
  expect(await filesOf(shop)).toHaveLength(200);

  const store = await openPostgresStore();
  const jobs = createJobs(store.store, { prefix: `test-flood-${process.pid}`, log });
  const worker = await startWorker({ ...ledger.services, jobs }, { concurrency: 2 });
  try {
    while (refused.length > 0) {
      const waiting = (await filesOf(shop)).filter(({ status }) => status === "RECEIVED").length;
      expect(waiting).toBeLessThanOrEqual(200);
      if (waiting > 100) await until(async () => (await waitingOf(shop)) <= 100);
      await Promise.all(refused.splice(0, 100).map(send));
    }
    await until(async () => (await filesOf(shop)).every(({ finished_at }) => finished_at !== null));
  } finally {
    await worker.close();
    await store.remove();
  }
  expect(await filesOf(shop)).toHaveLength(500);
  const lines = await shop.rows("reconciliation.settlement_line");
  const grosses = lines.flatMap(({ kind, gross_minor }) => (kind === "SALE" ? [Number(gross_minor)] : []));
  expect(grosses.sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, at) => 100 + 20 * at));
});

const waitingOf = async (shop: Shop) => (await filesOf(shop)).filter(({ status }) => status === "RECEIVED").length;

describe("F48: a machine whose provider has a key signs its files", () => {
  const CONTENT = "H;1\n";
  const signed = (content: string, { key = KEY, at = Date.now() } = {}) => {
    const time = Math.floor(at / 1_000);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const hmac = createHmac("sha256", key).update(`${time}.${sha256}`).digest("hex");
    return { "x-file-signature": `t=${time},v1=${hmac}` };
  };

  test.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ["missing", {}, "must be t=SECONDS,v1=HMAC"],
    ["no signature", { "x-file-signature": "yes" }, "must be t=SECONDS,v1=HMAC"],
    ["of a wrong key", signed(CONTENT, { key: "guessed" }), "not of this file and a key of ours"],
    ["of another provider's key", signed(CONTENT, { key: "another key" }), "not of this file and a key of ours"],
    ["of another file", signed("H;2\n"), "not of this file and a key of ours"],
    ["expired", signed(CONTENT, { at: Date.now() - 600_000 }), "s old"],
    ["of a time to come", signed(CONTENT, { at: Date.now() + 600_000 }), "s old"],
  ])("one that is %s is refused, and leaves nothing", async (_, headers, says) => {
    const shop = await ledger.openShop();
    const refusal = upload(await member(shop, "adapter", "edenred"), CONTENT, headers);
    await expect(refusal).rejects.toMatchObject({ code: "UNAUTHENTICATED", message: expect.stringContaining(says) });
    expect(await filesOf(shop)).toEqual([]);
  });

  test("a good one is taken, and a person signs nothing", async () => {
    const shop = await ledger.openShop();
    const machine = await member(shop, "adapter", "edenred");
    expect(await upload(machine, CONTENT, signed(CONTENT))).toMatchObject({ status: 201 });
    expect(await upload(await member(shop, "finance"), "other\n")).toMatchObject({ status: 201 });
  });
});
