import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/accounts/subgraph.ts";
import { appendAudit } from "../../subgraphs/shared/audit.ts";
import { auditHash, FIRST_HASH, type RecordedEntry } from "../../subgraphs/shared/audit-hash.ts";
import { clientOptions } from "../../subgraphs/shared/database/connection.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import { EVIDENCE } from "../../subgraphs/shared/invariants/evidence.ts";
import { type Graph, openGraph } from "./support/graph.ts";

let graph: Graph;
let owner: pg.Client;
beforeAll(async () => {
  graph = await openGraph("audit_chain", [subgraph], { ada: { mer_a: "administrator" } });
  owner = new pg.Client(clientOptions({ url: graph.url }, "owner"));
  await owner.connect();
  await keepOldEntry();
  for (let entry = 0; entry < 3; entry++) await append({ n: 9_007_199_254_740_993n.toString(), entry });
});
afterAll(async () => {
  await owner.end();
  await graph.close();
});

/** An entry of the time before calls were told, hashed by the recipe of that time. */
async function keepOldEntry(): Promise<void> {
  const entry: RecordedEntry = {
    ...{ merchantId: "mer_a", position: 1n, id: "aud_old", at: new Date("2026-01-01T00:00:00.000Z"), actorId: "ada" },
    ...{ action: "match.make", objectId: "mat_1", outcome: "DONE", detail: '{"z": 1, "aa": {"b": [1, null]}}' },
    ...{ requestId: null, address: null, recipe: 1, previousHash: FIRST_HASH },
  };
  await graph.insert("delivery.audit_entry", {
    ...{ merchant_id: "mer_a", position: 1, id: entry.id, at: entry.at, actor_id: "ada", action: entry.action },
    ...{ object_id: "mat_1", outcome: "DONE", detail: entry.detail, recipe: 1, previous_hash: FIRST_HASH },
    hash: auditHash(entry),
  });
}

const append = (detail: Record<string, unknown>, objectId = "mat_2") =>
  inScope(
    graph.services.database,
    { merchants: ["mer_a"], user: "ada", call: { requestId: "req-7", address: "203.0.113.7" } },
    (transaction) =>
      appendAudit(transaction, {
        merchantId: "mer_a",
        actorId: "ada",
        action: "x.y",
        objectId,
        outcome: "DONE",
        detail,
      }),
  );

/** What the chain's check finds while `change` is made to the table by whoever owns it. */
async function foundAfter(change: string, values: readonly unknown[] = []): Promise<string[]> {
  const chain = EVIDENCE.find(({ name }) => name === "I34");
  if (!chain || !("find" in chain)) throw new Error("there is no check of the chain");
  await owner.query("begin");
  try {
    await owner.query("alter table delivery.audit_entry disable trigger append_only");
    await owner.query("alter table delivery.audit_entry no force row level security");
    await owner.query(change, [...values]);
    const found: string[] = [];
    for await (const { key } of chain.find(owner)) found.push(key);
    return found;
  } finally {
    await owner.query("rollback");
  }
}

test("a chain of entries of both recipes holds", async () => {
  expect(await graph.sql("select distinct recipe from delivery.audit_entry order by 1")).toEqual([
    { recipe: 1 },
    { recipe: 2 },
  ]);
  expect(await foundAfter("select")).toEqual([]);
});

describe("one change shows, whichever column it is in", () => {
  const CHANGED: Readonly<Record<string, string>> = {
    merchant_id: "'mer_b'",
    position: "position + 10",
    at: "at + interval '1 millisecond'",
    outcome: "'DENIED'",
    detail: "jsonb_set(detail, '{aa}', '1')",
    recipe: "3 - recipe",
    request_id: "coalesce(request_id, '') || '8'",
    address: "'203.0.113.8'",
  };
  const columns = ["id", "actor_id", "action", "object_id", "previous_hash", "hash", ...Object.keys(CHANGED)];

  test("every column of the table is among them", async () => {
    const found = await graph.sql<{ name: string }>(`select attname as name from pg_attribute
      where attrelid = 'delivery.audit_entry'::regclass and attnum > 0 and not attisdropped`);
    expect(found.map(({ name }) => name).sort()).toEqual(columns.toSorted());
  });

  test.each(columns)("%s", async (column) => {
    const changed = CHANGED[column] ?? `overlay(${column} placing 'X' from 2)`;
    for (const position of [1, 3, 4]) {
      expect(
        await foundAfter(`update delivery.audit_entry set ${column} = ${changed} where position = $1`, [position]),
      ).not.toEqual([]);
    }
  });
});

test("one change shows in an audit that is longer than what is held of it at a time", async () => {
  const chain = `do $$ begin
    insert into delivery.audit_entry (merchant_id, position, id, at, actor_id, action, object_id, outcome, detail, recipe,
      previous_hash, hash)
    select 'mer_long', e.position, e.id, e.at::timestamptz, 'ada', 'x.y', 'o', 'DONE', '{}', 2, e.previous, e.hash
    from jsonb_to_recordset('${JSON.stringify(longChain(10_002))}') e (position bigint, id text, at text, previous text, hash text);
  end $$;`;
  expect(await foundAfter(chain)).toEqual([]);
  for (const position of [1, 5_000, 5_001, 10_002]) {
    const change = `update delivery.audit_entry set object_id = 'p' where merchant_id = 'mer_long' and position = ${position}`;
    expect(await foundAfter(`${chain} ${change}`)).toEqual([`mer_long ${position}`]);
  }
});

/** Entries of one merchant as JSON has them. */
function longChain(length: number) {
  let previous = FIRST_HASH;
  return Array.from({ length }, (_, index) => {
    const entry: RecordedEntry = {
      ...{ merchantId: "mer_long", position: BigInt(index + 1), id: `aud_${index}`, at: new Date(index) },
      ...{
        actorId: "ada",
        action: "x.y",
        objectId: "o",
        outcome: "DONE",
        detail: "{}",
        requestId: null,
        address: null,
      },
      ...{ recipe: 2, previousHash: previous },
    };
    const hash = auditHash(entry) ?? "";
    const row = { position: index + 1, id: entry.id, at: entry.at.toISOString(), previous, hash };
    previous = hash;
    return row;
  });
}

test("a number that JavaScript cannot tell from another is told from it", async () => {
  const numbers = `update delivery.audit_entry set detail = detail || '{"m": 9007199254740992}' where position = 4`;
  const [before, after] = [numbers, numbers.replace("992", "993")].map((sql) => foundAfter(sql));
  expect(await before).toEqual(["mer_a 4"]);
  expect(await after).toEqual(["mer_a 4"]);
});

test("a time that is none, an unknown recipe and a removed entry are found and do not end the check", async () => {
  expect(await foundAfter("update delivery.audit_entry set at = 'infinity' where position = 2")).toEqual(["mer_a 2"]);
  expect(await foundAfter("update delivery.audit_entry set recipe = 99 where position = 2")).toEqual(["mer_a 2"]);
  expect(await foundAfter("delete from delivery.audit_entry where position = 2")).toEqual(["mer_a 3"]);
});

test.each([
  "update delivery.audit_entry set action = action",
  "delete from delivery.audit_entry",
  "truncate delivery.audit_entry",
])("the table's own owner is refused: %s", async (statement) => {
  await expect(owner.query(statement)).rejects.toThrow("the audit is only ever added to");
});

test("an entry tells its request and its address, and holds no card number", async () => {
  await append({ note: "card 4111 1111 1111 1111", list: [{ pan: "4111111111111111" }] }, "4111111111111111");
  const query = "{ auditEvents(first: 1) { edges { node { objectId detail requestId address } } } }";
  expect((await graph.ask("ada", subgraph, query)).data).toEqual({
    auditEvents: {
      edges: [
        {
          node: {
            objectId: "411111******1111",
            detail: '{"list": [{"pan": "411111******1111"}], "note": "card 411111******1111"}',
            requestId: "req-7",
            address: "203.0.113.7",
          },
        },
      ],
    },
  });
});
