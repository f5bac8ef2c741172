import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/transactions/subgraph.ts";
import { at, codes, type Graph, type Row } from "./support/graph.ts";
import { openLocatedGraph } from "./support/located-graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openLocatedGraph("saved_views");
  const members = [
    ["vic", "mer_a", "viewer"],
    ["vera", "mer_a", "viewer"],
    ["max", "mer_b", "administrator"],
  ];
  for (const [user_id, merchant_id, role] of members) {
    await graph.insert("accounts.membership", { user_id, merchant_id, role });
  }
});
afterAll(() => graph.close());

let keys = 0;
const key = () => `view-${++keys}`;
const FIELDS = `__typename ... on SavedView { id merchantId name isShared isOwn ownerName filter order { field direction }
  columns version problem } ... on SavedViewRefused { message } ... on VersionConflict { message version }
  ... on NotFound { message } ... on IdempotencyConflict { message }`;

const asked = (verb: string) => async (user: string, input: Row) => {
  const field = `${verb}SavedView`;
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${FIELDS} } }`;
  const usual = verb === "create" ? { merchantId: "mer_a", filter: {} } : {};
  const answer = await graph.ask(user, subgraph, query, { input: { ...usual, idempotencyKey: key(), ...input } });
  return { answer, codes: codes(answer), view: at(answer, "data", field) as Row | null };
};
const [create, change, remove] = [asked("create"), asked("change"), asked("remove")];
const made = async (user: string, input: Row) => {
  const { view, answer } = await create(user, input);
  expect(view?.["__typename"], JSON.stringify(answer)).toBe("SavedView");
  return view ?? {};
};

const views = async (user: string) => {
  const query =
    "{ savedViews { id name isShared isOwn ownerName filter order { field direction } columns version problem } }";
  const answer = await graph.ask(user, subgraph, query);
  expect(answer.errors).toBeUndefined();
  return at(answer, "data", "savedViews") as Row[];
};
const seen = async (user: string, id: unknown) => (await views(user)).find((view) => view["id"] === id);

const FOUND = "query ($filter: TransactionFilter) { transactions(filter: $filter) { totalCount } }";
async function found(user: string, view: Row | undefined) {
  const filter = JSON.parse(String(view?.["filter"]));
  return at(await graph.ask(user, subgraph, FOUND, { filter }), "data", "transactions", "totalCount");
}

describe("a view", () => {
  test("comes back as it was saved, and its filter is taken by the list", async () => {
    const filter = {
      period: "THIS_WEEK",
      statuses: ["SUCCESS"],
      amount: { currency: "EUR", minimumMinor: "9007199254740993" },
    };
    const orderBy = { field: "AMOUNT", direction: "ASC" };
    const view = await made("vic", { name: " Large ", filter, orderBy, columns: ["time", "amount"] });
    expect(view).toMatchObject({ name: "Large", merchantId: "mer_a", ownerName: "Name of vic", version: 1 });
    const kept = await seen("vic", view["id"]);
    expect(kept).toMatchObject({
      order: orderBy,
      columns: ["time", "amount"],
      isOwn: true,
      isShared: false,
      problem: null,
    });
    expect(JSON.parse(String(kept?.["filter"]))).toEqual(filter);
    expect(await found("vic", kept)).toBe("0");
    const timed = { occurredAt: { from: "2026-01-05T09:00:00+01:00", to: "2026-01-06T00:00:00+01:00" } };
    const { id } = await made("vic", { name: "A morning", filter: timed });
    expect(await found("vic", await seen("vic", id))).toBe("6");
  });

  test("is changed in part, once, from the version that was read", async () => {
    const { id } = await made("vic", { name: "Refused", filter: { statuses: ["REFUSED"] }, columns: ["time"] });
    const renamed = { viewId: id, expectedVersion: 1, name: "Refused ones", idempotencyKey: key() };
    const { view } = await change("vic", renamed);
    expect(view).toMatchObject({
      name: "Refused ones",
      version: 2,
      columns: ["time"],
      filter: '{"statuses":["REFUSED"]}',
    });
    expect((await change("vic", renamed)).view).toEqual(view);
    expect((await change("vic", { ...renamed, name: "Else" })).view?.["__typename"]).toBe("IdempotencyConflict");
    expect((await change("vic", { viewId: id, expectedVersion: 1, name: "Late" })).view).toMatchObject({
      __typename: "VersionConflict",
      version: 2,
    });
    const gone = { viewId: id, expectedVersion: 2, idempotencyKey: key() };
    expect((await remove("vic", gone)).view).toMatchObject({ __typename: "SavedView", name: "Refused ones" });
    expect((await remove("vic", gone)).view?.["__typename"]).toBe("SavedView");
    expect(await seen("vic", id)).toBeUndefined();
    expect((await remove("vic", { viewId: id, expectedVersion: 2 })).view?.["__typename"]).toBe("NotFound");
    const acts = "select action, outcome, detail->'refusal' as refusal from delivery.audit_entry where object_id = $1";
    expect(await graph.sql(`${acts} order by position`, [id])).toEqual([
      { action: "saved-view.create", outcome: "DONE", refusal: null },
      { action: "saved-view.change", outcome: "DONE", refusal: null },
      { action: "saved-view.change", outcome: "DENIED", refusal: "VersionConflict" },
      { action: "saved-view.remove", outcome: "DONE", refusal: null },
      { action: "saved-view.remove", outcome: "DENIED", refusal: "NotFound" },
    ]);
  });

  test("has a name that its owner has once, in whatever case, at one merchant; another may have the same", async () => {
    await made("vic", { name: "Mondays" });
    expect((await create("vic", { name: "MONDAYS" })).view).toMatchObject({
      __typename: "SavedViewRefused",
      message: 'You have a view called "MONDAYS" here: choose another name, or change that one.',
    });
    const other = await made("vic", { name: "Tuesdays" });
    const taken = { viewId: other["id"], expectedVersion: 1, name: "mondays" };
    expect((await change("vic", taken)).view?.["__typename"]).toBe("SavedViewRefused");
    await made("vera", { name: "Mondays" });
    await made("all", { name: "Mondays" });
    await made("all", { name: "Mondays", merchantId: "mer_b" });
    const twice = await Promise.all([create("vera", { name: "At once" }), create("vera", { name: "at once" })]);
    expect(twice.map(({ view }) => view?.["__typename"]).sort()).toEqual(["SavedView", "SavedViewRefused"]);
  });

  test.each<[string, Row, string]>([
    ["no name", { name: " " }, "`name` must be 1 to 100 characters."],
    ["a long name", { name: "x".repeat(101) }, "`name` must be 1 to 100 characters."],
    ["too many columns", { columns: Array.from({ length: 51 }, (_, at) => `c${at}`) }, "name 50 at most"],
    ["a column twice", { columns: ["time", "time"] }, "names one twice"],
    ["a column of markup", { columns: ["<b>"] }, "check each"],
    ["a large filter", { filter: { brands: Array.from({ length: 2_000 }, (_, at) => `brand${at}`) } }, "10000 at most"],
    ["a card number", { filter: { search: "4111 1111 1111 1111" } }, "last four digits"],
    ["another merchant", { filter: { merchants: ["mer_a", "mer_b"] } }, "can only be the view's own merchant"],
    ["two times", { filter: { period: "TODAY", occurredAt: {} } }, "both say when"],
  ])("is refused with %s", async (_, given, sentence) => {
    const { answer } = await create("vic", { name: "Refused", ...given });
    expect(codes(answer)).toEqual(["INVALID_INPUT"]);
    expect(answer.errors?.[0]?.message).toContain(sentence);
  });

  test("is one of a hundred of its owner's at most, and one of two hundred that are shared", async () => {
    const add = `insert into transactions.saved_view (merchant_id, id, owner_id, owner_name, name, is_shared, filter, columns)
      select 'mer_b', 'viw_' || $1 || n, $1, $1, 'View ' || n, $2, '{}', '{}' from generate_series(1, $3::int) n`;
    await graph.sql(add, ["max", false, 100]);
    const full = await create("max", { merchantId: "mer_b", name: "One more" });
    expect(full.view?.["message"]).toBe("You have 100 views here, the most: remove one first.");
    await graph.sql(add, ["someone", true, 200]);
    const { id, version } = (await views("max")).find((view) => view["isOwn"]) ?? {};
    const shared = { viewId: id, expectedVersion: version, isShared: true };
    expect((await change("max", shared)).view?.["message"]).toContain("The merchant has 200 shared views, the most");
    await graph.sql("delete from transactions.saved_view where merchant_id = 'mer_b'");
  });
});

describe("a shared view", () => {
  test("is used by all who see the merchant's transactions, changed by its owner alone, and gone when it is no longer shared", async () => {
    const own = await made("vic", { name: "Just mine" });
    const { id } = await made("vic", { name: "Ours", isShared: true });
    expect(await seen("vera", id)).toMatchObject({ isOwn: false, isShared: true, ownerName: "Name of vic" });
    expect(await seen("vera", own["id"])).toBeUndefined();
    expect(await seen("all", own["id"])).toBeUndefined();
    expect(await seen("max", id)).toBeUndefined();
    for (const user of ["vera", "all", "max"]) {
      const { view } = await change(user, { viewId: id, expectedVersion: 1, name: "Theirs" });
      expect(view?.["__typename"]).toBe("NotFound");
    }
    expect((await remove("vera", { viewId: id, expectedVersion: 1 })).view?.["__typename"]).toBe("NotFound");
    await change("vic", { viewId: id, expectedVersion: 1, isShared: false });
    expect(await seen("vera", id)).toBeUndefined();
    expect((await remove("all", { viewId: id, expectedVersion: 2 })).view?.["__typename"]).toBe("NotFound");
  });

  test("is removed by an administrator when its owner has left", async () => {
    const { id } = await made("vera", { name: "Of one who leaves", isShared: true });
    await graph.sql("delete from accounts.membership where user_id = 'vera'");
    expect((await remove("all", { viewId: id, expectedVersion: 1 })).view?.["__typename"]).toBe("SavedView");
    expect(await seen("vic", id)).toBeUndefined();
  });

  test("finds for its reader what they may see and no more; who is limited to a location saves and shares as well", async () => {
    const { id } = await made("all", { name: "Everywhere", filter: { locations: ["loc_1", "loc_2"] }, isShared: true });
    expect(await found("vic", await seen("vic", id))).toBe("4");
    expect(await found("one", await seen("one", id))).toBe("2");
    expect(await found("none", await seen("none", id))).toBe("0");
    const limited = await made("one", { name: "My shop", isShared: true });
    expect(await found("one", await seen("one", limited["id"]))).toBe("2");
    expect(await found("vic", await seen("vic", limited["id"]))).toBe("6");
    const [entry] = await graph.sql("select actor_id from delivery.audit_entry where object_id = $1", [limited["id"]]);
    expect(entry).toEqual({ actor_id: "one" });
  });

  test("is the database's to keep: its role reads what is shared or own, and writes what is own", async () => {
    const view = await made("vic", { name: "Held by the database" });
    const shared = await made("vic", { name: "Held, and shared", isShared: true });
    const as = async (user: string, text: string, id: unknown) => {
      await graph.sql("begin");
      await graph.sql("set local role concord_app");
      await graph.sql("select set_config('app.merchants', 'mer_a', true), set_config('app.user', $1, true)", [user]);
      const rows = await graph.sql(text, [id]).finally(() => graph.sql("rollback"));
      return rows.length;
    };
    const select = "select from transactions.saved_view where id = $1";
    const write = "update transactions.saved_view set name = 'x' where id = $1 returning id";
    expect([await as("vic", select, view["id"]), await as("vera", select, view["id"])]).toEqual([1, 0]);
    expect([await as("vera", select, shared["id"]), await as("one", select, shared["id"])]).toEqual([1, 1]);
    expect([await as("vera", write, shared["id"]), await as("vic", write, shared["id"])]).toEqual([0, 1]);
  });
});

test("a view whose filter or order this version does not know says what, and the others still open", async () => {
  const { id } = await made("vic", { name: "From another time" });
  const [filter, sort] = [
    { colour: "red", statuses: ["SUCCESS", "VANISHED"] },
    { field: "MOON", direction: "ASC" },
  ];
  await graph.sql("update transactions.saved_view set filter = $2, sort = $3 where id = $1", [id, filter, sort]);
  const view = await seen("vic", id);
  expect(view).toMatchObject({ order: null, filter: JSON.stringify(filter) });
  expect(view?.["problem"]).toBe(
    "It was saved with what this version does not know (statuses, colour, field): choose anew and save it again.",
  );
  const mended = { viewId: id, expectedVersion: 1, filter: {}, orderBy: { field: "AMOUNT", direction: "ASC" } };
  expect((await change("vic", mended)).view).toMatchObject({ problem: null, version: 2 });
});

test("a merchant whose transactions one does not see is as one that is not there", async () => {
  expect((await create("max", { name: "Not there" })).codes).toEqual(["FORBIDDEN"]);
  expect((await create("max", { name: "Nowhere", merchantId: "mer_none" })).codes).toEqual(["FORBIDDEN"]);
});
