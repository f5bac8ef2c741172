import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deliverReports } from "../../../subgraphs/transactions/reports/deliver-reports.ts";
import { type ReportPeriod, reportPeriod } from "../../../subgraphs/transactions/reports/report-period.ts";
import { startDueReports } from "../../../subgraphs/transactions/reports/start-due-reports.ts";
import { openGraph, transactionRow } from "../support/graph.ts";
import { SUBGRAPHS } from "../support/settled-graph.ts";
import { type Data, EXPORT_FIELDS, type ExportDesk, openExportDesk } from "./export-desk.ts";
import { readExportCsv } from "./read-csv.ts";

let desk: ExportDesk;
let receiver: Server;
let origin: string;
let reportsFolder: string;
let answer = 204;
const received: { readonly headers: IncomingMessage["headers"]; readonly bytes: Buffer }[] = [];

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    received.push({ headers: request.headers, bytes: Buffer.concat(pieces) });
    response.writeHead(answer).end();
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  reportsFolder = await mkdtemp(join(tmpdir(), "concord-reports-"));
  const graph = await openGraph("reports", SUBGRAPHS, { ann: { mer_a: "finance" }, bob: { mer_a: "finance" } });
  for (let day = 0; day < 40; day += 1) {
    const row = { occurred_at: new Date(Date.now() - day * 86_400_000) };
    await graph.insert("transactions.transaction", transactionRow("CCV_PAY", `day ${day}`, row));
  }
  desk = await openExportDesk(graph, { reportsFolder, reportOrigins: [origin] });
});
afterAll(async () => {
  await desk?.close();
  receiver?.close();
  await rm(reportsFolder, { recursive: true, force: true });
});

const SAVE = `mutation ($input: SaveReportInput!) { saveReport(input: $input) { __typename
  ... on Report { id name nextDue lastDue lastExportId signingKey enabled } ... on ExportRefused { message } } }`;

let keys = 0;
function save(input: Data = {}, user = "ann") {
  const made = { format: "CSV", locale: "EN", zone: "Europe/Brussels", bom: false, idempotencyKey: `report-${++keys}` };
  const usual = { name: "Each day", period: "YESTERDAY", cron: "0 6 * * *", target: "FOLDER", export: made };
  return desk.field(user, SAVE, { input: { ...usual, ...input } });
}

const missed = (id: unknown) =>
  desk.graph.sql("update transactions.report set next_due = next_due - interval '4 days' where id = $1", [id]);

const delivering = () => deliverReports({ ...desk.services, reportsFolder, reportOrigins: [origin] });

/** Lets the next attempt begin at once. */
const hurry = (id: unknown) => desk.graph.sql("update transactions.export set deliver_at = now() where id = $1", [id]);

async function madeBy(report: Data): Promise<Data> {
  await missed(report["id"]);
  await startDueReports(desk.services.database);
  const [row] = await desk.graph.sql("select last_export_id as id from transactions.report where id = $1", [
    report["id"],
  ]);
  return desk.ended("ann", String(row?.["id"]));
}

describe("the days of a report", () => {
  test.each<[ReportPeriod, string, string, string]>([
    ["YESTERDAY", "2026-10-26T05:00:00Z", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
    ["YESTERDAY", "2026-03-30T04:00:00Z", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
    ["LAST_WEEK", "2026-11-02T05:00:00Z", "2026-10-25T23:00:00.000Z", "2026-11-01T23:00:00.000Z"],
    ["LAST_WEEK", "2026-11-01T05:00:00Z", "2026-10-18T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
    ["LAST_MONTH", "2026-11-01T05:00:00Z", "2026-09-30T22:00:00.000Z", "2026-10-31T23:00:00.000Z"],
    ["LAST_QUARTER", "2026-02-14T05:00:00Z", "2025-09-30T22:00:00.000Z", "2025-12-31T23:00:00.000Z"],
    ["THIS_MONTH", "2026-11-30T23:30:00Z", "2026-11-30T23:00:00.000Z", "2026-12-01T23:00:00.000Z"],
  ])("%s at %s are those of the zone's calendar, however long", (period, at, from, to) => {
    const found = reportPeriod(period, "Europe/Brussels", new Date(at));
    expect([found.from.toISOString(), found.to.toISOString()]).toEqual([from, to]);
  });
});

describe("a report", () => {
  test("makes up what it missed by one file, and is then due in the future", async () => {
    const report = await save();
    await missed(report["id"]);
    expect(await startDueReports(desk.services.database)).toBe(1);
    expect(await startDueReports(desk.services.database)).toBe(0);
    const exports = await desk.graph.sql("select id from transactions.export where report_id = $1", [report["id"]]);
    expect(exports.length).toBe(1);
    const [row] = await desk.graph.sql(
      "select next_due > now() as later, last_due <= now() as past from transactions.report where id = $1",
      [report["id"]],
    );
    expect(row).toEqual({ later: true, past: true });
  });

  test("is put into the merchant's folder, whole, with the day before and nothing else", async () => {
    const made = await madeBy(await save());
    expect(made).toMatchObject({ status: "SUCCEEDED", rowsDone: "1" });
    await hurry(made["id"]);
    await delivering();
    const path = join(reportsFolder, "mer_a", String(made["fileName"]));
    const bytes = await readFile(path);
    const response = await desk.get("ann", String(made["downloadPath"]));
    expect(bytes.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
    expect(readExportCsv(bytes).rows.length).toBe(1);
    expect((await readdir(join(reportsFolder, "mer_a"))).filter((name) => name.endsWith(".part"))).toEqual([]);
    const found = await desk.field(
      "ann",
      `query ($id: ID!) { export(id: $id) { ${EXPORT_FIELDS} delivery reportId } }`,
      {
        id: made["id"],
      },
    );
    expect(found["delivery"]).toBe("DELIVERED");
    const before = received.length;
    await hurry(made["id"]);
    await delivering();
    expect(received.length).toBe(before);
  });

  test("is posted with a signature that its key proves, and again until it arrives", async () => {
    const report = await save({ target: "WEBHOOK", url: `${origin}/books` });
    const made = await madeBy(report);
    answer = 500;
    await hurry(made["id"]);
    await delivering();
    const state = () =>
      desk.graph.sql("select delivery, delivery_problem from transactions.export where id = $1", [made["id"]]);
    expect(await state()).toEqual([{ delivery: "PENDING", delivery_problem: `${origin} answered 500.` }]);
    answer = 204;
    await hurry(made["id"]);
    await delivering();
    expect(await state()).toEqual([{ delivery: "DELIVERED", delivery_problem: null }]);
    const { headers, bytes } = received.at(-1) ?? { headers: {}, bytes: Buffer.alloc(0) };
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["x-concord-signature"])) ?? [];
    const expected = createHmac("sha256", String(report["signingKey"])).update(`${seconds}.${made["sha256"]}`);
    expect(signature).toBe(expected.digest("hex"));
    expect(readExportCsv(bytes).rows.length).toBe(1);
  });

  test("is posted to no address that the operator has not allowed", async () => {
    const report = await save({ target: "WEBHOOK", url: "http://169.254.169.254/latest" });
    const made = await madeBy(report);
    await hurry(made["id"]);
    await delivering();
    const [row] = await desk.graph.sql("select delivery_problem as problem from transactions.export where id = $1", [
      made["id"],
    ]);
    expect(row?.["problem"]).toContain("CONCORD_REPORT_ORIGINS");
  });

  test("that is off makes nothing, and saved again under its key is the same report", async () => {
    const key = { format: "CSV", locale: "EN", zone: "Europe/Brussels", idempotencyKey: "the-same" };
    const first = await save({ export: key });
    const off = await save({ export: key, name: "Off", enabled: false });
    expect(off).toMatchObject({ id: first["id"], name: "Off", enabled: false, nextDue: null });
    const list = (user: string) => desk.field(user, "{ reports { id } }");
    expect(await list("ann")).toContainEqual({ id: first["id"] });
    expect(await list("bob")).toEqual([]);
  });

  test("is changed by its id, which is its owner's alone", async () => {
    const first = await save();
    const changed = await save({ id: first["id"], name: "Renamed", enabled: false });
    expect(changed).toMatchObject({ id: first["id"], name: "Renamed", enabled: false });
    expect((await save({ id: first["id"] }, "bob"))["message"]).toContain("no report of yours");
    expect((await save({ id: "rep_none" }))["message"]).toContain("no report of yours");
  });

  test.each([
    [{ cron: "every day" }, "is no schedule"],
    [{ name: " " }, "`name`"],
    [{ target: "WEBHOOK", url: "ftp://books" }, "`url`"],
    [{ url: "https://books" }, "`url` is for webhooks"],
  ])("is refused in words for %j", async (input, words) => {
    expect((await save(input))["message"]).toContain(words);
  });
});
