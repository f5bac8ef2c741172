import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FileStorage } from "../../../subgraphs/shared/file-storage.ts";
import { runExport } from "../../../subgraphs/transactions/exports/run-export.ts";
import { until } from "../../support/until.ts";
import { openGraph } from "../support/graph.ts";
import { SUBGRAPHS } from "../support/settled-graph.ts";
import { type ExportDesk, openExportDesk } from "./export-desk.ts";
import { readExportCsv } from "./read-csv.ts";

const ROWS = 9_000;

let desk: ExportDesk;
beforeAll(async () => {
  const graph = await openGraph("export_work", SUBGRAPHS, { ann: { mer_a: "finance" }, bob: { mer_b: "finance" } });
  await graph.sql(
    `insert into transactions.transaction (merchant_id, family, id, provider, type, base_status, status, status_rule,
      certainty, status_origin, occurred_at, business_date, currency, amount_minor, captured_minor, reconciliation_state,
      payment_type, payment_method, entry_mode, transaction_number, provider_reference)
    select 'mer_a', 'CCV_PAY', 'ccv_' || lpad(n::text, 20, '0'), 'ccv-pay', 'SALE', 'SUCCESS', 'SUCCESS', 4, 'DEFINITIVE',
      'AUTOMATIC', timestamptz '2026-01-05 08:00Z' + n * interval '1 second', '2026-01-05', 'EUR', n, n, 'EXPECTED',
      'CARD', 'visa', 'CHIP', 'n' || n, 'r' || n
    from generate_series(1, $1::int) n`,
    [ROWS],
  );
  desk = await openExportDesk(graph);
});
afterAll(() => desk?.close());

const facts = async (id: unknown) => {
  const [row] = await desk.graph.sql("select * from transactions.export where id = $1", [id]);
  return row ?? {};
};

/** A worker's storage that waits at the first piece until it is let go. */
function held(storage: FileStorage) {
  let letGo = () => {};
  let arrived = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const put: FileStorage["put"] = (bytes, limit) =>
    storage.put(
      (async function* () {
        for await (const piece of bytes) {
          yield piece;
          arrived();
          await gate;
        }
      })(),
      limit,
    );
  return { storage: { ...storage, put }, reached, letGo };
}

describe("the writing of an export", () => {
  test("that is killed in the middle is done again, and no row is there twice or not at all", async () => {
    const { id } = await desk.create("ann", { columns: ["TRANSACTION_NUMBER"] });
    const script = new URL("write-once.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [
      "--import",
      "tsx",
      script,
      desk.graph.url,
      desk.folder,
      "mer_a",
      String(id),
    ]);
    await until(async () => (await desk.files()).length > 0 || child.exitCode !== null);
    await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
    expect(child.exitCode).toBeNull();
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await facts(id)).toMatchObject({ status: "RUNNING", lease_epoch: 1, sha256: null });
    const made = await desk.ended("ann", String(id));
    expect(made["status"]).toBe("SUCCEEDED");
    const bytes = Buffer.from(await (await desk.get("ann", String(made["downloadPath"]))).arrayBuffer());
    const numbers = readExportCsv(bytes).rows.map((row) => row["Transaction number"]);
    expect(numbers).toEqual(Array.from({ length: ROWS }, (_, index) => `n${ROWS - index}`));
    expect((await facts(id))["lease_epoch"]).toBe(2);
  });

  test("by a worker that comes late changes nothing and keeps nothing", async () => {
    const { id } = await desk.create("ann", { columns: ["TRANSACTION_NUMBER"] });
    const late = held(desk.services.storage);
    const working = runExport({ ...desk.services, storage: late.storage, leaseSeconds: 600 }, "mer_a", String(id));
    const outcome = working.then(
      () => "kept",
      (error: { code?: string }) => error.code,
    );
    await late.reached;
    await desk.graph.sql("update transactions.export set leased_until = now() - interval '1 minute' where id = $1", [
      id,
    ]);
    await runExport(desk.services, "mer_a", String(id));
    const winner = await facts(id);
    expect(winner).toMatchObject({ status: "SUCCEEDED", lease_epoch: 2 });
    late.letGo();
    expect(await outcome).toBe("LEASE_LOST");
    expect(await facts(id)).toEqual(winner);
    const named = await desk.graph.sql<{ sha256: string }>(
      "select sha256 from transactions.export where sha256 is not null",
    );
    expect([...(await desk.files())].filter((name) => name.length === 64).sort()).toEqual(
      named.map(({ sha256 }) => sha256).sort(),
    );
  });

  test("that is stopped leaves no file, and says so again when it is stopped again", async () => {
    const { id } = await desk.create("ann", {});
    const slow = held(desk.services.storage);
    const working = runExport({ ...desk.services, storage: slow.storage }, "mer_a", String(id)).catch(
      (error: { code?: string }) => error.code,
    );
    await slow.reached;
    const before = (await desk.files()).length;
    const stop = "mutation ($id: ID!) { cancelExport(id: $id) { __typename ... on Export { status } } }";
    const stopped = { __typename: "Export", status: "CANCELLED" };
    expect(await desk.field("ann", stop, { id })).toEqual(stopped);
    slow.letGo();
    expect(await working).toBe("LEASE_LOST");
    expect((await desk.files()).length).toBe(before - 1);
    expect(await desk.field("ann", stop, { id })).toEqual(stopped);
    const { errors } = await desk.ask("bob", stop, { id });
    expect(JSON.stringify(errors)).toContain("NOT_FOUND");
  });

  test("sees one moment: what arrives meanwhile is in neither rows nor totals", async () => {
    const { id } = await desk.create("ann", { columns: ["TRANSACTION_NUMBER", "AMOUNT"] });
    const slow = held(desk.services.storage);
    const working = runExport({ ...desk.services, storage: slow.storage }, "mer_a", String(id));
    await slow.reached;
    await desk.graph.sql("update transactions.transaction set captured_minor = captured_minor + 1 where id like '%7'");
    slow.letGo();
    await working;
    const made = await desk.field(
      "ann",
      `query ($id: ID!) { export(id: $id) { rowsDone totals { gross { amountMinor } } } }`,
      {
        id,
      },
    );
    const sum = (BigInt(ROWS) * BigInt(ROWS + 1)) / 2n;
    expect(made).toEqual({ rowsDone: `${ROWS}`, totals: [{ gross: { amountMinor: `${sum}` } }] });
  });

  test("is told while it goes on, and the telling ends with it", async () => {
    const { id } = await desk.create("ann", { columns: ["TRANSACTION_NUMBER"] });
    const query = "subscription ($id: ID!) { exportProgress(id: $id) { status rowsDone rowsTotal } }";
    const response = await desk.get("ann", "/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ query, variables: { id } }),
    });
    const ended = desk.ended("ann", String(id));
    const events = (await response.text()).split("\n").filter((line) => line.startsWith("data: {"));
    await ended;
    const states = events.map((line) => JSON.parse(line.slice(6)).data.exportProgress);
    expect(states[0].status).toBe("QUEUED");
    expect(states.at(-1)).toEqual({ status: "SUCCEEDED", rowsDone: `${ROWS}`, rowsTotal: `${ROWS}` });
  });
});
