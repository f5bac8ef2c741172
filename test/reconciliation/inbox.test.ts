import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { watchInbox } from "../../subgraphs/reconciliation/work/watch-inbox.ts";
import { PLATFORM } from "../../subgraphs/shared/database/scope.ts";
import { isRoot } from "../support/embedded-servers.ts";
import { type Ledger, openLedger, type Row } from "../support/ledger.ts";
import { adyenReport } from "../support/settlement-files.ts";
import { until } from "../support/until.ts";

let ledger: Ledger;
let folder: string;
beforeAll(async () => {
  ledger = await openLedger("inbox");
});
afterAll(() => ledger.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "concord-inbox-"));
  await ledger.rows("truncate reconciliation.source_file");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const files = () => ledger.rows("select id, name, origin, only_provider, size_bytes from reconciliation.source_file");
const watched = (abandonedMs = 600_000, lookMs = 50) =>
  watchInbox({ ...ledger.services, log: pino({ level: "silent" }) }, folder, { lookMs, abandonedMs });
const namesIn = async (stage: string) => (await readdir(join(folder, stage))).map((name) => name.replace(/^\d+-/, ""));

test("a file that has come to rest is taken once, though two processes watch", async () => {
  const inboxes = [watched(), watched()];
  for (let at = 0; at < 10; at++) await writeFile(join(folder, `${at}.csv`), `content ${at}`);
  await until(async () => (await files()).length === 10);
  await until(async () => (await namesIn("taken")).length === 10);
  await Promise.all(inboxes.map((inbox) => inbox.close()));
  expect((await files())[0]).toMatchObject({ origin: "INBOX", only_provider: null });
  expect((await readdir(folder)).sort()).toEqual([".taking", "refused", "taken"]);
});

test("S12 a file that still grows is left until it is whole", async () => {
  const inbox = watched(600_000, 500);
  for (let length = 1; length <= 12; length++) {
    await writeFile(join(folder, "growing.csv"), "x".repeat(length * 100));
    await delay(20);
  }
  await until(async () => (await files()).length > 0);
  await inbox.close();
  expect(await files()).toMatchObject([{ name: "growing.csv", size_bytes: 1200 }]);
});

test("S12 links, pipes, devices and hidden files are left alone, and an empty file is put aside without holding up the others", async () => {
  await symlink("/etc/passwd", join(folder, "link.csv"));
  await writeFile(join(folder, ".hidden.csv"), "hidden");
  await mkdir(join(folder, "adyen"));
  // Whoever opened a pipe would wait for its other end for ever; only root makes a device.
  for (const [name, ...kind] of [["pipe.csv", "p"], ...(isRoot ? [["device.csv", "c", "1", "5"]] : [])] as const) {
    execFileSync("mknod", [join(folder, name), ...kind]);
    execFileSync("mknod", [join(folder, "adyen", name), ...kind]);
  }
  await writeFile(join(folder, "a-empty.csv"), "");
  await writeFile(join(folder, "b-good.csv"), "good");
  const inbox = watched();
  await until(async () => (await files()).length === 1 && (await namesIn("refused")).length === 1);
  await delay(200);
  await inbox.close();
  expect(await files()).toMatchObject([{ name: "b-good.csv" }]);
  expect(await namesIn("refused")).toEqual(["a-empty.csv"]);
  const special = isRoot ? ["device.csv", "pipe.csv"] : ["pipe.csv"];
  const left = [".hidden.csv", ".taking", "adyen", "link.csv", "refused", "taken", ...special].sort();
  expect((await readdir(folder)).sort()).toEqual(left);
  expect((await readdir(join(folder, "adyen"))).sort()).toEqual(special);
});

test("a file whose taker died is taken by the next", async () => {
  await mkdir(join(folder, ".taking"));
  await writeFile(join(folder, ".taking", "left.csv"), "left behind");
  const inbox = watched(100);
  await until(async () => (await files()).length === 1);
  await inbox.close();
  expect(await files()).toMatchObject([{ name: "left.csv" }]);
});

test("a provider's own folder takes that provider's files and no other's", async () => {
  const shop = await ledger.openShop();
  const report = adyenReport(shop.adyen, [{ psp: "P1", gross: 100 }]);
  await mkdir(join(folder, "edenred"));
  await mkdir(join(folder, "adyen"));
  await writeFile(join(folder, "edenred", "wrong.csv"), report);
  await writeFile(join(folder, "adyen", "right.csv"), report.replaceAll("\n", "\r\n"));
  const inbox = watched();
  await until(async () => (await files()).length === 2);
  await inbox.close();
  for (const { id } of await files()) await importFile(ledger.services, PLATFORM, String(id));
  const ends = await ledger.rows<Row>("select name, status, problem from reconciliation.source_file order by name");
  expect(ends).toMatchObject([
    { name: "right.csv", status: "APPLIED" },
    { name: "wrong.csv", status: "REJECTED", problem: expect.stringContaining("may send files of edenred only") },
  ]);
});
