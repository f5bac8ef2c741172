import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { downloadClosing } from "../../subgraphs/transactions/closings/download-closing.ts";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, codes, type Graph, openGraph, type Row, transactionRow } from "./support/graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("closings", [subgraph], {
    ann: { mer_a: "finance" },
    vic: { mer_a: "viewer" },
    eve: { mer_b: "administrator" },
  });
  const place = { merchant_id: "mer_a", country: "BE", zone: "Europe/Brussels" };
  for (const id of ["loc_1", "loc_2", "loc_3"])
    await graph.insert("accounts.location", { ...place, id, name: `Shop ${id}` });
  await graph.insert("accounts.location", { ...place, id: "loc_far", name: "Far", zone: "Asia/Kolkata" });
  const terminal = { merchant_id: "mer_a", location_id: "loc_1", valid_from: "2020-01-01T00:00:00Z" };
  await graph.insert("accounts.terminal", { ...terminal, id: "ter_1", tid: "90000001" });
  const lou = { merchant_id: "mer_a", user_id: "lou", role: "location_manager", locations: ["loc_2"] };
  await graph.insert("accounts.membership", lou);
});
afterAll(() => graph.close());

let made = 0;
async function sale(occurred: string, given: Row = {}): Promise<string> {
  const row = transactionRow("CCV_PAY", `sale ${++made}`, {
    occurred_at: occurred,
    business_date: "2026-01-01",
    location_id: "loc_1",
    ...given,
  });
  await graph.insert("transactions.transaction", row);
  return row.id;
}

const SUMS = "currency count gross { amountMinor } refunded { amountMinor } pending { amountMinor }";
const FIELDS = `id number previousId kind from to zone hash pdfSha256 downloadPath closedBy location { id } terminal { id }
  totals { ${SUMS} } byStatus { key sums { ${SUMS} } } byMethod { key sums { ${SUMS} } } byOrigin { key sums { ${SUMS} } }
  adjusted { key sums { ${SUMS} } } coverage { provider state }
  adjustments(first: 50) { edges { node { transactionId way before { status amount { amountMinor } } after { status statusOrigin amount { amountMinor } } } } }`;
const RESULT = `__typename ... on Closing { ${FIELDS} } ... on ClosingRefused { reason message } ... on NotFound { message } ... on IdempotencyConflict { message }`;

type Answer = Record<string, unknown> & { readonly __typename: string; readonly id: string };

async function close(input: Row, user = "ann"): Promise<Answer> {
  const query = `mutation ($input: ClosePeriodInput!) { closePeriod(input: $input) { ${RESULT} } }`;
  const answer = await graph.ask(user, subgraph, query, {
    input: { merchantId: "mer_a", idempotencyKey: `key-${++made}`, ...input },
  });
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return at(answer, "data", "closePeriod") as Answer;
}

async function read(id: string, user = "ann") {
  const answer = await graph.ask(user, subgraph, `query ($id: ID!) { closing(id: $id) { __typename ${FIELDS} } }`, {
    id,
  });
  return at(answer, "data", "closing");
}

const day = (date: string, to: string, given: Row = {}) => ({
  kind: "DAY",
  locationId: "loc_1",
  from: date,
  to,
  ...given,
});
const minor = (amountMinor: string) => ({ amountMinor });

describe("a closing", () => {
  test("has the totals of its period by status, method and origin, and answers the same for ever", async () => {
    await sale("2026-01-04T22:59:59.999Z");
    await sale("2026-01-04T23:00:00.000Z", { amount_minor: 500n, captured_minor: 500n, payment_method: "bancontact" });
    const changing = await sale("2026-01-05T12:00:00Z", { status_origin: "MANUAL", ever_manual: true });
    await sale("2026-01-05T13:00:00Z", { type: "REFUND", amount_minor: 200n, captured_minor: 200n });
    await sale("2026-01-05T14:00:00Z", { base_status: "PROCESSING", status: "PROCESSING", captured_minor: 0n });
    await sale("2026-01-05T15:00:00Z", { base_status: "MANUAL_INTERVENTION", status: "MANUAL_INTERVENTION" });
    await sale("2026-01-05T15:00:00Z", { location_id: "loc_2" });
    await sale("2026-01-05T23:00:00Z");
    const closed = await close(day("2026-01-04T23:00:00Z", "2026-01-05T23:00:00Z"));
    expect(closed).toMatchObject({
      __typename: "Closing",
      number: 1,
      previousId: null,
      zone: "Europe/Brussels",
      closedBy: "Name of ann",
      location: { id: "loc_1" },
      terminal: null,
      totals: [{ currency: "EUR", count: "4", gross: minor("1750"), refunded: minor("200"), pending: minor("1250") }],
      byStatus: [
        { key: "PROCESSING", sums: { count: "1" } },
        { key: "SUCCESS", sums: { count: "3", gross: minor("1750") } },
      ],
      byMethod: [
        { key: "bancontact", sums: { gross: minor("500") } },
        { key: "visa", sums: { gross: minor("1250") } },
      ],
      byOrigin: [
        { key: "AUTOMATIC", sums: { gross: minor("500") } },
        { key: "MANUAL", sums: { gross: minor("1250") } },
      ],
      adjusted: [],
      adjustments: { edges: [] },
    });
    await graph.sql(
      "update transactions.transaction set amount_minor = 1, captured_minor = 1, status = 'REFUNDED' where id = $1",
      [changing],
    );
    expect(await read(closed.id)).toEqual(closed);
    for (const table of ["closing", "closing_item", "closing_document"]) {
      await expect(graph.sql(`update transactions.${table} set merchant_id = merchant_id`)).rejects.toThrow(
        "never changed",
      );
      await expect(graph.sql(`delete from transactions.${table}`)).rejects.toThrow("never changed");
    }
  });

  test("names what came late about earlier periods, each once, with what it was and is", async () => {
    const where = { locationId: "loc_3", kind: "PERIOD" };
    const own = { location_id: "loc_3" };
    const [refused, gone, kept] = [
      await sale("2026-02-02T10:00:00Z", own),
      await sale("2026-02-02T11:00:00Z", own),
      await sale("2026-02-02T12:00:00Z", own),
    ];
    const first = await close({ ...where, from: "2026-02-01T23:00:00Z", to: "2026-02-02T23:00:00Z" });
    const late = await sale("2026-02-02T13:00:00Z", { ...own, amount_minor: 70n, captured_minor: 70n });
    const before = await sale("2026-02-01T13:00:00Z", own);
    await graph.sql(
      "update transactions.transaction set status = 'REFUSED', base_status = 'REFUSED', captured_minor = 0, status_origin = 'MANUAL' where id = $1",
      [refused],
    );
    await graph.sql("update transactions.transaction set superseded_by = 'ccv_better' where id = $1", [gone]);
    await graph.sql(
      "update transactions.transaction set settled_fee_minor = -5, settled_net_minor = 1245, settled_currency = 'EUR', version = 9 where id = $1",
      [kept],
    );
    await sale("2026-02-03T10:00:00Z", own);
    const second = await close({ ...where, to: "2026-02-03T23:00:00Z" });
    expect(second).toMatchObject({
      number: 2,
      previousId: first.id,
      from: "2026-02-02T23:00:00.000Z",
      totals: [{ count: "1", gross: minor("1250") }],
      adjusted: [
        { key: "ADDED", sums: { count: "1", gross: minor("70") } },
        { key: "CHANGED", sums: { count: "0", gross: minor("-1250") } },
        { key: "REMOVED", sums: { count: "-1", gross: minor("-1250") } },
      ],
    });
    const edges = at(second, "adjustments", "edges") as { node: Row }[];
    expect(edges.map(({ node }) => node)).toEqual([
      {
        transactionId: late,
        way: "ADDED",
        before: null,
        after: { status: "SUCCESS", statusOrigin: "AUTOMATIC", amount: minor("70") },
      },
      { transactionId: gone, way: "REMOVED", before: { status: "SUCCESS", amount: minor("1250") }, after: null },
      {
        transactionId: refused,
        way: "CHANGED",
        before: { status: "SUCCESS", amount: minor("1250") },
        after: { status: "REFUSED", statusOrigin: "MANUAL", amount: minor("1250") },
      },
    ]);
    // What was before the first of them is in none.
    expect(JSON.stringify(second)).not.toContain(before);
    const third = await close({ ...where, to: "2026-02-04T23:00:00Z" });
    expect(third).toMatchObject({ number: 3, adjusted: [], totals: [] });
    await graph.sql("update transactions.transaction set superseded_by = null where id = $1", [gone]);
    expect(await close({ ...where, to: "2026-02-05T23:00:00Z" })).toMatchObject({
      adjusted: [{ key: "ADDED", sums: { count: "1" } }],
    });
    expect(new Set([first, second, third].map(({ hash }) => hash)).size).toBe(3);
  });

  test("of days is right where clocks change, months end and leap days are, and in another zone", async () => {
    const closed = async (from: string, to: string, given: Row = {}) => {
      const {
        __typename,
        reason,
        from: begins,
        totals,
      } = await close(day(from, to, { locationId: "loc_2", ...given }));
      return reason ?? [__typename, begins, ...(totals as Row[]).map(({ count }) => count)];
    };
    const spring = { location_id: "loc_2" };
    await sale("2026-03-29T21:59:59Z", spring);
    await sale("2026-03-29T22:00:00Z", spring);
    expect(await closed("2026-03-28T23:00:00Z", "2026-03-29T23:00:00Z")).toBe("NOT_A_DAY");
    expect(await closed("2024-02-28T23:00:00Z", "2024-02-29T23:00:00Z")).toEqual([
      "Closing",
      "2024-02-28T23:00:00.000Z",
    ]);
    expect(await closed("2025-12-30T23:00:00Z", "2025-12-31T23:00:00Z")).toEqual([
      "Closing",
      "2025-12-30T23:00:00.000Z",
    ]);
    expect(await closed("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")).toEqual([
      "Closing",
      "2026-03-28T23:00:00.000Z",
      "1",
    ]);
    expect(await closed("2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z")).toBe("NOT_A_DAY");
    expect(await closed("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")).toEqual([
      "Closing",
      "2026-10-24T22:00:00.000Z",
    ]);
    expect(await close({ kind: "DAY", locationId: "loc_far", to: "2026-05-01T18:30:00Z" })).toMatchObject({
      from: "2026-04-30T18:30:00.000Z",
      zone: "Asia/Kolkata",
    });
  });

  test("of a terminal has that terminal's alone, and chains of kinds and places are apart", async () => {
    await sale("2026-06-01T10:00:00Z", { terminal_id: "ter_1" });
    await sale("2026-06-01T10:00:00Z");
    const hours = { from: "2026-06-01T08:00:00Z", to: "2026-06-01T16:00:00Z" };
    const shift = await close({ kind: "SHIFT", terminalId: "ter_1", ...hours });
    expect(shift).toMatchObject({
      number: 1,
      terminal: { id: "ter_1" },
      location: { id: "loc_1" },
      totals: [{ count: "1" }],
    });
    expect(await close({ kind: "PERIOD", ...hours })).toMatchObject({
      number: 1,
      location: null,
      totals: [{ count: "2" }],
    });
    expect(await close({ kind: "SHIFT", locationId: "loc_1", ...hours })).toMatchObject({
      number: 1,
      totals: [{ count: "2" }],
    });
  });

  test("is made once: at the same time, with the same key, and never over another", async () => {
    const input = { kind: "SHIFT", locationId: "loc_2", from: "2026-07-01T06:00:00Z", to: "2026-07-01T14:00:00Z" };
    const both = await Promise.all(["a", "b"].map((idempotencyKey) => close({ ...input, idempotencyKey })));
    expect(both.map(({ __typename, reason }) => reason ?? __typename).sort()).toEqual(["Closing", "OVERLAPS"]);
    const same = await Promise.all(
      [1, 2].map(() => close({ kind: "SHIFT", locationId: "loc_2", to: "2026-07-01T22:00:00Z", idempotencyKey: "c" })),
    );
    expect(same[0]).toMatchObject({ __typename: "Closing", number: 2 });
    expect(same[1]).toEqual(same[0]);
    expect(
      await close({ kind: "SHIFT", locationId: "loc_2", to: "2026-07-01T23:00:00Z", idempotencyKey: "c" }),
    ).toMatchObject({ __typename: "IdempotencyConflict" });
    expect((await close({ ...input, from: "2026-07-01T21:00:00Z", to: "2026-07-01T23:00:00Z" }))["reason"]).toBe(
      "OVERLAPS",
    );
    // Whatever the program does, the database holds the chain together.
    const copy = `insert into transactions.closing select (jsonb_populate_record(c, $1)).* from transactions.closing c where c.id = $2`;
    const overlapping = {
      id: "clo_x",
      number: 3,
      previous_id: same[0]?.id,
      idempotency_key: "x",
      begins_at: "2026-07-01T20:00:00Z",
      ends_at: "2026-07-02T20:00:00Z",
    };
    await expect(graph.sql(copy, [overlapping, same[0]?.id])).rejects.toThrow("does not follow");
  });

  test("is refused before its end, without a beginning, turned around, and at a place that is not there", async () => {
    const shift = { kind: "SHIFT", terminalId: null, locationId: "loc_far" };
    const reason = async (input: Row) => {
      const answer = await close({ ...shift, ...input });
      return answer["reason"] ?? answer.__typename;
    };
    expect(await reason({ from: "2026-01-01T00:00:00Z", to: "2199-01-01T00:00:00Z" })).toBe("NOT_OVER");
    expect(await reason({ to: "2026-01-01T00:00:00Z" })).toBe("NO_BEGINNING");
    expect(await reason({ from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" })).toBe("ENDS_FIRST");
    expect(await reason({ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", locationId: "loc_none" })).toBe(
      "NotFound",
    );
    expect(await reason({ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", terminalId: "ter_1" })).toBe(
      "NotFound",
    );
  });
});

describe("who may", () => {
  const hours = { kind: "PERIOD", from: "2026-08-01T00:00:00Z", to: "2026-08-02T00:00:00Z" };

  test("close is who may assign a status there; the audit has it, and what was refused", async () => {
    const query = "mutation ($input: ClosePeriodInput!) { closePeriod(input: $input) { __typename } }";
    for (const user of ["vic", "eve"]) {
      const answer = await graph.ask(user, subgraph, query, {
        input: { merchantId: "mer_a", ...hours, idempotencyKey: `no ${user}` },
      });
      expect(codes(answer), user).toEqual(["FORBIDDEN"]);
    }
    const closed = await close({ ...hours, locationId: "loc_2" }, "lou");
    expect(closed).toMatchObject({ __typename: "Closing", location: { id: "loc_2" } });
    for (const place of [{}, { locationId: "loc_1" }, { terminalId: "ter_1" }])
      expect(await close({ ...hours, ...place }, "lou")).toMatchObject({ __typename: "NotFound" });
    const audit = await graph.sql(
      "select actor_id, outcome from delivery.audit_entry where action = 'period.close' and (object_id = $1 or outcome = 'DENIED') order by position",
      [closed.id],
    );
    expect(audit).toContainEqual({ actor_id: "lou", outcome: "DONE" });
    expect(audit).toContainEqual({ actor_id: "vic", outcome: "DENIED" });
  });

  test("see them is who sees the place, in the list, by id and as a document", async () => {
    const list = async (user: string) => {
      const answer = await graph.ask(
        user,
        subgraph,
        "{ closings(first: 100) { edges { node { id location { id } } } } }",
      );
      return at(answer, "data", "closings", "edges") as { node: { id: string; location: { id: string } | null } }[];
    };
    expect(new Set((await list("lou")).map(({ node }) => node.location?.id))).toEqual(new Set(["loc_2"]));
    expect((await list("vic")).length).toBeGreaterThan((await list("lou")).length);
    expect(await list("eve")).toEqual([]);
    const named = await graph.ask("eve", subgraph, '{ closings(merchantId: "mer_a") { edges { cursor } } }');
    expect(codes(named)).toEqual(["FORBIDDEN"]);
    const other = (await list("ann")).find(({ node }) => node.location?.id === "loc_1")?.node.id ?? "";
    expect([await read(other, "lou"), await read(other, "eve")]).toEqual([null, null]);
    for (const user of ["lou", "eve"]) await expect(download(other, user)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(downloadClosing(graph.services, { id: other, method: "GET", headers: {} })).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });

  test("the document is the one whose hash the closing has", async () => {
    const { id, pdfSha256 } = await close({ ...hours, locationId: "loc_1" });
    const { headers, pdf } = await download(id, "vic");
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(createHash("sha256").update(pdf).digest("hex")).toBe(pdfSha256);
    expect(headers).toMatchObject({
      "content-type": "application/pdf",
      etag: `"${pdfSha256}"`,
      "content-length": String(pdf.length),
    });
    const audit = await graph.sql(
      "select actor_id from delivery.audit_entry where action = 'closing.download' and object_id = $1",
      [id],
    );
    expect(audit).toEqual([{ actor_id: "vic" }]);
  });
});

async function download(id: string, user: string) {
  const answer = await downloadClosing(graph.services, {
    id,
    method: "GET",
    headers: { authorization: `Bearer ${await graph.token(user)}` },
  });
  return { headers: answer.headers, pdf: answer.body ? await buffer(answer.body) : Buffer.alloc(0) };
}
