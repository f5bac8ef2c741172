import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { nextKey, openDecisions } from "../../support/decision-desk.ts";
import { until } from "../../support/until.ts";

const { ledger, openApart, claims, close } = await openDecisions("one_answer");
afterAll(close);

describe("the idempotency key", () => {
  test("answers the same again, even when that is no longer so, and conflicts with anything else", async () => {
    const { desk, lineIds, transactionIds } = await openApart([{ amount: 1000 }], [{ psp: "PSP1", gross: 1000 }]);
    const idempotencyKey = "monday";
    const input = { lineIds, transactionIds, reason: "once", idempotencyKey };
    const answers = await Promise.all(Array.from({ length: 4 }, () => desk.decide("ann", "matchRecords", input)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await claims(desk)).toHaveLength(1);
    expect(await desk.audit("match.create")).toHaveLength(1);
    await desk.decide("ann", "unmatch", { matchId: answers[0]?.["id"], reason: "wrong" });
    expect(await desk.decide("ann", "matchRecords", input)).toMatchObject({
      id: answers[0]?.["id"],
      state: "CONFIRMED",
    });
    expect(await claims(desk)).toEqual([]);
    for (const [user, other] of [
      ["ann", { ...input, reason: "twice" }],
      ["ben", input],
    ] as const) {
      const answer = await desk.decide(user, "matchRecords", other);
      expect(answer).toMatchObject({ __typename: "IdempotencyConflict" });
    }
  });

  test("of twenty who match one line at once exactly one wins, and the others are told with whom", async () => {
    const { desk, lineIds, transactionIds } = await openApart(
      Array.from({ length: 20 }, (_, index) => ({ amount: 1000, time: `2026-11-02 12:00:${10 + index}` })),
      [{ psp: "PSP1", gross: 1000 }],
    );
    const answers = await Promise.all(
      transactionIds.map((id, index) =>
        desk.decide(index % 2 === 0 ? "ann" : "ben", "matchRecords", { lineIds, transactionIds: [id] }),
      ),
    );
    const won = answers.filter(({ __typename }) => __typename === "Match");
    expect(won).toHaveLength(1);
    const lost = answers.filter(
      ({ __typename, matchId }) => __typename === "AlreadyMatched" && matchId === won[0]?.["id"],
    );
    expect(lost).toHaveLength(19);
    expect(await claims(desk)).toHaveLength(1);
    const told = (await desk.audit("match.create")).map(({ outcome }) => outcome);
    expect(told.filter((outcome) => outcome === "DENIED")).toHaveLength(19);
  });

  test("where something writes past the lock, the unique index has the last word", async () => {
    const { desk, lineIds, transactionIds } = await openApart(
      [{ amount: 1000 }, { amount: 1000 }],
      [
        { psp: "PSP1", gross: 1000 },
        { psp: "PSP2", gross: 1000 },
      ],
    );
    const [line] = lineIds;
    const [first, second] = transactionIds;
    await ledger.rows("update reconciliation.claim set released_at = now() where merchant_id = $1 and line_id = $2", [
      desk.shop.id,
      line,
    ]);
    const client = new pg.Client({ connectionString: ledger.url });
    await client.connect();
    await client.query("begin");
    await client.query(
      `insert into reconciliation.claim (merchant_id, id, line_id, transaction_id, effect, run_id, stage, method)
       select $1, 'mat_past', $2, $3, 'SALE', min(id), 'PAST', 'AUTO' from reconciliation.run where merchant_id = $1`,
      [desk.shop.id, line, first],
    );
    const answer = desk.decide("ann", "matchRecords", { lineIds: [line], transactionIds: [second] });
    const waiting = `select pid from pg_stat_activity
      where wait_event = 'transactionid' and query like '%insert into reconciliation.claim%'`;
    await until(async () => (await ledger.rows(waiting)).length > 0);
    await client.query("commit");
    await client.end();
    expect(await answer).toMatchObject({ __typename: "AlreadyMatched", matchId: "mat_past" });
    expect(await desk.transaction(second ?? "")).toMatchObject({ settled_net_minor: null });
    expect(await desk.shop.rows("reconciliation.match")).toEqual([]);
    await ledger.rows("delete from reconciliation.claim where merchant_id = $1 and id = 'mat_past'", [desk.shop.id]);
    await ledger.rows("update reconciliation.claim set released_at = null where merchant_id = $1", [desk.shop.id]);
  });
});

describe("a run at work", () => {
  test("a person is told so after a moment, and the same key then does what it was to do", async () => {
    const { desk, lineIds, transactionIds } = await openApart([{ amount: 1000 }], [{ psp: "PSP1", gross: 1000 }]);
    const query = `mutation ($input: MatchRecordsInput!) { matchRecords(input: $input) { __typename } }`;
    const input = { lineIds, transactionIds, idempotencyKey: nextKey() };
    const client = new pg.Client({ connectionString: ledger.url });
    await client.connect();
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock(hashtextextended($1, 4208))", [desk.shop.id]);
    const { errors } = await desk.ask("ann", query, { input });
    expect(errors?.map(({ extensions }) => extensions?.["code"])).toEqual(["CONFLICT"]);
    await client.query("rollback");
    await client.end();
    expect((await desk.ask("ann", query, { input })).data).toEqual({ matchRecords: { __typename: "Match" } });
  });
});
