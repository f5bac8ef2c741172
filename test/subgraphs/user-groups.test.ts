import { afterAll, beforeAll, expect, test } from "vitest";
import { subgraph } from "../../subgraphs/accounts/subgraph.ts";
import { at, codes, type Graph, openGraph, type Row } from "./support/graph.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await openGraph("user_groups", [subgraph], {
    ada: { mer_a: "administrator" },
    bob: { mer_a: "administrator" },
    eva: { mer_a: "viewer" },
    fin: { mer_a: "finance" },
    sam: { mer_a: "viewer" },
    max: { mer_b: "administrator" },
  });
});
afterAll(() => graph.close());

let keys = 0;
const key = () => {
  keys += 1;
  return `key-${keys}`;
};
const SAVE = `mutation ($input: SaveUserGroupInput!) { saveUserGroup(input: $input) {
  ... on UserGroup { id name version } ... on AccountRefusal { reason currentVersion } } }`;
const CHANGE = `mutation ($input: ChangeMembershipInput!) { changeMembership(input: $input) {
  ... on User { id groupId isDisabled version } ... on AccountRefusal { reason currentVersion } } }`;
const GROUP = { merchantId: "mer_a", menus: ["TRANSACTIONS"], actions: ["VIEW"] };

const save = (user: string, input: Row) =>
  graph.ask(user, subgraph, SAVE, { input: { ...GROUP, idempotencyKey: key(), ...input } });
const change = (user: string, input: Row) =>
  graph.ask(user, subgraph, CHANGE, {
    input: { merchantId: "mer_a", isDisabled: false, expectedVersion: 1, idempotencyKey: key(), ...input },
  });
const saved = async (...given: Parameters<typeof save>) => at(await save(...given), "data", "saveUserGroup") as Row;
const changed = async (...given: Parameters<typeof change>) =>
  at(await change(...given), "data", "changeMembership") as Row;
const permissionsOf = async (user: string) =>
  [...((await graph.services.grantsOf(user, { fresh: true })).get("mer_a")?.permissions ?? [])].sort();

test("a group of the merchant's own gives what it opens, and its change takes effect", async () => {
  const { id } = await saved("ada", { name: "Counter" });
  expect(await changed("ada", { userId: "eva", groupId: id })).toEqual({
    id: "eva",
    groupId: id,
    isDisabled: false,
    version: 2,
  });
  expect(await permissionsOf("eva")).toEqual(["closings:view", "transactions:view"]);
  const wider = { name: "Counter", groupId: id, menus: ["TRANSACTIONS", "SETTLEMENTS"] };
  expect(await saved("bob", { ...wider, expectedVersion: 7 })).toEqual({
    reason: "VERSION_CONFLICT",
    currentVersion: 1,
  });
  expect(await saved("bob", { ...wider, expectedVersion: 1 })).toEqual({ id, name: "Counter", version: 2 });
  expect(await permissionsOf("eva")).toEqual(["closings:view", "settlements:view", "transactions:view"]);
  expect(await saved("ada", { name: "counter" })).toEqual({ reason: "NAME_TAKEN", currentVersion: null });
  expect(await saved("ada", { name: "x", groupId: "viewer" })).toEqual({ reason: "BUILT_IN", currentVersion: null });
  const acts = "select outcome, detail->'before'->>'version' as before, detail->'after'->>'version' as after";
  expect(await graph.sql(`${acts} from delivery.audit_entry where object_id = $1 order by position`, [id])).toEqual([
    { outcome: "DENIED", before: null, after: null },
    { outcome: "DONE", before: "1", after: "2" },
  ]);
});

test("a card number is no name, and no key of a request", async () => {
  const card = "4111 1111 1111 1111";
  expect(codes(await save("ada", { name: `Desk ${card}` }))).toEqual(["INVALID_INPUT"]);
  expect(codes(await save("ada", { name: "Desk", idempotencyKey: card.replaceAll(" ", "") }))).toEqual([
    "INVALID_INPUT",
  ]);
});

test("nobody gives more than they have, and nobody changes their own membership", async () => {
  const desk = { name: "Desk", menus: ["USERS", "TERMINALS"], actions: ["VIEW", "MANAGE"] };
  const { id } = await saved("ada", desk);
  expect(await changed("ada", { userId: "fin", groupId: id })).toMatchObject({ version: 2 });
  for (const groupId of ["administrator", "finance"])
    expect(await changed("fin", { userId: "sam", groupId })).toEqual({
      reason: "MORE_THAN_YOURS",
      currentVersion: null,
    });
  expect(await changed("fin", { userId: "ada", groupId: id })).toEqual({
    reason: "MORE_THAN_YOURS",
    currentVersion: null,
  });
  expect(await saved("fin", { name: "All", menus: ["AUDIT"] })).toEqual({
    reason: "MORE_THAN_YOURS",
    currentVersion: null,
  });
  expect(await saved("fin", { ...desk, groupId: id, expectedVersion: 1 })).toMatchObject({ reason: "OWN_MEMBERSHIP" });
  expect(await changed("ada", { userId: "ada", groupId: "viewer" })).toMatchObject({ reason: "OWN_MEMBERSHIP" });
  expect(codes(await change("eva", { userId: "sam", groupId: "viewer" }))).toEqual(["FORBIDDEN"]);
  expect(codes(await change("max", { userId: "sam", groupId: "viewer" }))).toEqual(["FORBIDDEN"]);
  expect(codes(await graph.ask("eva", subgraph, '{ users(merchantId: "mer_a") { edges { node { id } } } }'))).toEqual([
    "FORBIDDEN",
  ]);
});

test("a key that is sent again changes nothing more, and is no key for anything else", async () => {
  const input = { userId: "sam", groupId: "finance", idempotencyKey: key() };
  const first = await changed("ada", input);
  expect(first).toMatchObject({ groupId: "finance", version: 2 });
  expect(await changed("ada", input)).toEqual(first);
  expect(await changed("ada", { ...input, groupId: "viewer" })).toMatchObject({ reason: "IDEMPOTENCY_CONFLICT" });
});

test("of two administrators who keep each other out at once, one stays", async () => {
  const out = { groupId: "administrator", isDisabled: true };
  const answers = await Promise.all([
    change("ada", { ...out, userId: "bob" }),
    change("bob", { ...out, userId: "ada" }),
  ]);
  expect(answers.map((answer) => codes(answer)).sort()).toEqual([[], ["FORBIDDEN"]]);
  const [left] = await graph.sql(
    "select count(*)::int as n from accounts.membership where merchant_id = 'mer_a' and role = 'administrator' and disabled_at is null",
  );
  expect(left).toEqual({ n: 1 });
});
