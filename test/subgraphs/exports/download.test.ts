import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { forwardDownload } from "../../../commands/forward-download.ts";
import { serveSubgraph } from "../../../subgraphs/shared/subgraph/serve-subgraph.ts";
import { downloadExport, downloadRoutes } from "../../../subgraphs/transactions/exports/download-export.ts";
import { removeExpired } from "../../../subgraphs/transactions/exports/remove-expired.ts";
import { subgraph } from "../../../subgraphs/transactions/subgraph.ts";
import { openLocatedGraph } from "../support/located-graph.ts";
import { type ExportDesk, openExportDesk } from "./export-desk.ts";
import { readExportCsv } from "./read-csv.ts";

let desk: ExportDesk;
let file: { readonly path: string; readonly bytes: Buffer; readonly id: string; readonly etag: string };
beforeAll(async () => {
  desk = await openExportDesk(await openLocatedGraph("downloads"));
  const { made, bytes } = await desk.made("all", {});
  const { id, downloadPath, sha256 } = made as { id: string; downloadPath: string; sha256: string };
  file = { path: downloadPath, bytes, id, etag: `"${sha256}"` };
});
afterAll(() => desk?.close());

const all = () => desk.get("all", file.path);

describe("a download", () => {
  test("says what it is, how large, and that it is nothing to show or guess at", async () => {
    const { headers } = await all();
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(headers.get("content-disposition")).toMatch(/^attachment; filename="transactions-\d{8}-\d{4}-.{4}\.csv"$/);
    expect(headers.get("content-length")).toBe(`${file.bytes.length}`);
    expect(headers.get("etag")).toBe(file.etag);
    expect(headers.get("accept-ranges")).toBe("bytes");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("is not sent again to who has it", async () => {
    const response = await desk.get("all", file.path, { headers: { "if-none-match": `"other", ${file.etag}` } });
    expect([response.status, await response.text()]).toEqual([304, ""]);
  });

  test.each([
    ["bytes=0-9", 206, 0, 10],
    ["bytes=10-", 206, 10, undefined],
    ["bytes=-5", 206, -5, undefined],
    ["bytes=3-99999999", 206, 3, undefined],
    ["bytes=0-1,4-5", 200, 0, undefined],
    ["lines=0-9", 200, 0, undefined],
    ["bytes=9-3", 200, 0, undefined],
  ])("of the range %s has status %i and those bytes", async (range, status, start, end) => {
    const response = await desk.get("all", file.path, { headers: { range } });
    const bytes = Buffer.from(await response.arrayBuffer());
    const expected = file.bytes.subarray(start, end);
    expect([response.status, bytes.equals(expected)]).toEqual([status, true]);
    const first = file.bytes.length - expected.length;
    const at = end === undefined ? first : start;
    const part = `bytes ${at}-${at + expected.length - 1}/${file.bytes.length}`;
    expect(response.headers.get("content-range")).toBe(status === 206 ? part : null);
  });

  test("of a range beyond its end is refused with its size", async () => {
    const response = await desk.get("all", file.path, { headers: { range: `bytes=${file.bytes.length}-` } });
    expect([response.status, response.headers.get("content-range")]).toEqual([416, `bytes */${file.bytes.length}`]);
  });

  test("goes on only with the same file", async () => {
    const ask = async (tag: string) =>
      (await desk.get("all", file.path, { headers: { range: "bytes=5-", "if-range": tag } })).status;
    expect([await ask(file.etag), await ask('"another"')]).toEqual([206, 200]);
  });

  test("is asked about without being sent or audited as sent", async () => {
    const count = async () => (await desk.graph.sql(DOWNLOADS, [file.id])).length;
    const before = await count();
    const response = await desk.get("all", file.path, { method: "HEAD" });
    expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([200, file.etag, ""]);
    expect(await count()).toBe(before);
    await (await all()).arrayBuffer();
    // Two merchants are in it.
    expect(await count()).toBe(before + 2);
  });

  test("needs a token", async () => {
    expect((await fetch(`${desk.url}${file.path}`)).status).toBe(401);
  });
});

const DOWNLOADS = "select from delivery.audit_entry where object_id = $1 and action = 'export.download'";

describe("who may not have a file", () => {
  const answerTo = async (user: string, path: string) => {
    const response = await desk.get(user, path);
    return { status: response.status, text: await response.text() };
  };

  test("hears of another's what is heard of one that is not there, and the audit knows it", async () => {
    const unknown = await answerTo("one", "/exports/exp_nothing");
    expect(unknown.status).toBe(404);
    expect(await answerTo("one", file.path)).toEqual(unknown);
    const entries = await desk.graph.sql(
      "select from delivery.audit_entry where outcome = 'DENIED' and object_id = $1",
      [file.id],
    );
    expect(entries.length).toBe(1);
  });

  test("gets nothing any more once a right is gone, by whichever way", async () => {
    const { made } = await desk.made("mixed", {});
    const path = String(made["downloadPath"]);
    const byId = () => desk.field("mixed", "query ($id: ID!) { export(id: $id) { id } }", { id: made["id"] });
    const unknown = await answerTo("mixed", "/exports/exp_nothing");
    const change = "update accounts.membership set locations = $1 where user_id = 'mixed' and merchant_id = 'mer_b'";
    expect((await answerTo("mixed", path)).status).toBe(200);
    await desk.graph.sql(change, [["loc_1"]]);
    expect(await answerTo("mixed", path)).toEqual(unknown);
    await desk.graph.sql(change, [null]);
    expect((await answerTo("mixed", path)).status).toBe(200);
    await desk.graph.sql(
      "update accounts.membership set disabled_at = now() where user_id = 'mixed' and merchant_id = 'mer_b'",
    );
    expect(await answerTo("mixed", path)).toEqual(unknown);
    // Readers keep grants for some seconds; a mutation and a download read them anew.
    expect(await byId()).toBeNull();
    await desk.graph.sql("update accounts.membership set disabled_at = null where user_id = 'mixed'");
  });

  test("gets no file at all when the right is gone before it is written", async () => {
    const asked = await desk.create("pairs", {});
    const change = "update accounts.membership set locations = $1 where user_id = 'pairs' and merchant_id = 'mer_a'";
    await desk.graph.sql(change, [[]]);
    await desk.ended("all", String((await desk.create("all", {}))["id"]));
    const [row] = await desk.graph.sql("select status, problem, sha256 from transactions.export where id = $1", [
      asked["id"],
    ]);
    expect(row).toMatchObject({ status: "FAILED", sha256: null });
    expect(row?.["problem"]).toContain("may no longer see");
    await desk.graph.sql(change, [["loc_1"]]);
  });

  test.each([
    ["all", ["AONE", "ANOWHERE", "ATWO", "BONE", "BTWO"]],
    ["one", ["AONE"]],
    ["pairs", ["AONE", "BTWO"]],
    ["mixed", ["ATWO", "BONE", "BTWO"]],
    ["none", []],
  ])("has in a file what they see and no more: %s", async (user, marks) => {
    const { bytes, made } = await desk.made(user, { columns: ["TRANSACTION_NUMBER", "LOCATION"] });
    const numbers = readExportCsv(bytes).rows.map((row) => row["Transaction number"] ?? "");
    const seen = new Set(numbers.map((number) => number.split("-")[0]));
    expect([...seen].sort()).toEqual([...marks].sort());
    expect(numbers.some((number) => number.endsWith("terminal"))).toBe(false);
    const audited = await desk.graph.sql("select distinct merchant_id from delivery.audit_entry where object_id = $1", [
      made["id"],
    ]);
    expect(audited.length).toBe((made["merchantIds"] as string[]).length);
  });

  test("is told so by the database, whatever a query asks for", async () => {
    const rows = await desk.graph.services.database.transaction(async (manager) => {
      await manager.query(
        "select set_config('app.merchants', 'mer_a,mer_b', true), set_config('app.user', 'one', true), set_config('app.limits', '', true)",
      );
      return manager.query("select id from transactions.export where requested_by = 'all'");
    });
    expect(rows).toEqual([]);
  });
});

describe("a file whose time is over", () => {
  test("is gone for its requester at once, and from the disk when that is swept", async () => {
    const { made } = await desk.made("all", {});
    const sha256 = String(made["sha256"]);
    const path = String(made["downloadPath"]);
    expect(Date.parse(String(made["expiresAt"]))).toBeGreaterThan(Date.now() + 6 * 86_400_000);
    await desk.graph.sql("update transactions.export set expires_at = now() - interval '1 second' where id = $1", [
      made["id"],
    ]);
    expect((await desk.get("all", path)).status).toBe(404);
    expect(await desk.files()).toContain(sha256);
    expect(await removeExpired(desk.services)).toBe(1);
    expect(await desk.files()).not.toContain(sha256);
    const found = await desk.field("all", "query ($id: ID!) { export(id: $id) { status downloadPath rowsDone } }", {
      id: made["id"],
    });
    expect(found).toEqual({ status: "EXPIRED", downloadPath: null, rowsDone: made["rowsDone"] });
    expect(await removeExpired(desk.services)).toBe(0);
  });
});

test("passes from the subgraph over signed HTTP as it does within one process, in part too", async () => {
  const { services } = desk.graph;
  const keys = [{ id: "one", secret: "1".repeat(32) }] as const;
  const exportStorage = desk.services.storage;
  const server = await serveSubgraph(subgraph, services, {
    host: "127.0.0.1",
    port: 0,
    keys,
    routes: downloadRoutes("/exports", (download) => downloadExport({ ...services, exportStorage }, download)),
  });
  try {
    const authorization = `Bearer ${await desk.graph.token("all")}`;
    const send = forwardDownload(server.url, [...keys], "/exports");
    const whole = await send({ id: file.id, method: "GET", headers: { authorization } });
    expect([whole.status, whole.headers["etag"]]).toEqual([200, file.etag]);
    expect(Buffer.concat(await (whole.body as Readable).toArray()).equals(file.bytes)).toBe(true);
    const part = await send({ id: file.id, method: "GET", headers: { authorization, range: "bytes=3-9" } });
    expect([part.status, Buffer.concat(await (part.body as Readable).toArray())]).toEqual([
      206,
      file.bytes.subarray(3, 10),
    ]);
    await expect(send({ id: "exp_none", method: "GET", headers: { authorization } })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const direct = await fetch(`${server.url}/exports?id=${file.id}`, { headers: { authorization } });
    expect(direct.status).toBe(401);
  } finally {
    await server.close();
  }
});
