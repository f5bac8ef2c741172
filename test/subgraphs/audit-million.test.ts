import { once } from "node:events";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditHash, FIRST_HASH } from "../../subgraphs/shared/audit-hash.ts";
import { clientOptions } from "../../subgraphs/shared/database/connection.ts";
import { EVIDENCE } from "../../subgraphs/shared/invariants/evidence.ts";
import { createMigratedDatabase } from "../support/postgres.ts";

const ENTRIES = 1_000_000;
const CHANGED = 777_216;

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let owner: pg.Client;
beforeAll(async () => {
  database = await createMigratedDatabase("audit_million");
  owner = new pg.Client(clientOptions({ url: database.url }, "owner"));
  await owner.connect();
  await owner.query("alter table delivery.audit_entry no force row level security");
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

/** The chain of one merchant as COPY reads it, some thousand entries at a time. */
function* chain(): Generator<string> {
  let previousHash = FIRST_HASH;
  let lines: string[] = [];
  for (let index = 1; index <= ENTRIES; index += 1) {
    const entry = {
      ...{ merchantId: "mer_a", position: BigInt(index), id: `aud_${index}`, at: new Date(index), actorId: "ada" },
      ...{ action: "x.y", objectId: "o", outcome: "DONE", detail: "{}", requestId: null, address: null, recipe: 2 },
      previousHash,
    };
    const hash = auditHash(entry) ?? "";
    const { id, at, actorId, action, objectId, outcome, detail } = entry;
    lines.push(
      ["mer_a", index, id, at.toISOString(), actorId, action, objectId, outcome, detail, 2, previousHash, hash].join(
        "\t",
      ),
    );
    previousHash = hash;
    if (lines.length < 5_000 && index < ENTRIES) continue;
    yield `${lines.join("\n")}\n`;
    lines = [];
  }
}

test("one changed byte in a million entries is found, and nothing else is", {
  timeout: 300_000,
  retry: 0,
}, async () => {
  const copy = owner.query(
    copyFrom(`copy delivery.audit_entry (merchant_id, position, id, at, actor_id, action, object_id, outcome, detail, recipe,
      previous_hash, hash) from stdin`),
  );
  for (const lines of chain()) if (!copy.write(lines)) await once(copy, "drain");
  copy.end();
  await once(copy, "finish");
  await owner.query("alter table delivery.audit_entry disable trigger append_only");
  await owner.query("update delivery.audit_entry set object_id = 'p' where merchant_id = 'mer_a' and position = $1", [
    CHANGED,
  ]);
  const check = EVIDENCE.find(({ name }) => name === "I34");
  if (!check || !("find" in check)) throw new Error("there is no check of the chain");
  const found: string[] = [];
  for await (const { key } of check.find(owner)) found.push(key);
  expect(found).toEqual([`mer_a ${CHANGED}`]);
});
