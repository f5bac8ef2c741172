import { afterAll, beforeAll, expect, test } from "vitest";
import { grantMembership } from "../../subgraphs/accounts/register.ts";
import { inScope } from "../../subgraphs/shared/database/scope.ts";
import type { BuiltInRole } from "../../subgraphs/shared/identity/permissions.ts";
import { type Ledger, openLedger, type Row, type Shop } from "../support/ledger.ts";
import { openRunGraph, type RunGraph } from "../support/run-graph.ts";
import { terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
let graph: RunGraph;
let shop: Shop;
beforeAll(async () => {
  ledger = await openLedger("locations");
  graph = await openRunGraph(ledger);
});
afterAll(async () => {
  await graph.close();
  await ledger.close();
});

const grant = (userId: string, role: BuiltInRole, locations?: readonly string[]) =>
  inScope(ledger.services.database, { merchants: [shop.id], user: "user:test" }, (transaction) =>
    grantMembership(transaction, { merchantId: shop.id, userId, role, ...(locations && { locations }) }, "user:test"),
  );

/** A shop with an administrator, one who is limited to its location, and one who manages that location. */
async function openPlace() {
  shop = await ledger.openShop();
  const first = shop.id.replace("mer_", "loc_");
  const [ada, lim, eva] = [`ada@${shop.id}`, `lim@${shop.id}`, `eva@${shop.id}`];
  await grant(ada, "administrator");
  await grant(lim, "administrator", [first]);
  await grant(eva, "location_manager", [first]);
  return { first, terminal: shop.id.replace("mer_", "ter_"), ada, lim, eva };
}

const PLACE = { name: "Brugge Markt", city: "Brugge", country: "BE", zone: "Europe/Brussels" };
const ASKED = `... on AccountRefusal { reason currentVersion }
  ... on LocationChange { locationId transactions location { id name city country zone version closedAt } }`;

let sent = 0;
async function act(user: string, field: "saveLocation" | "closeLocation", input: Row): Promise<Row> {
  sent += 1;
  const type = field === "saveLocation" ? "SaveLocationInput" : "CloseLocationInput";
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${ASKED} } }`;
  const given = { merchantId: shop.id, idempotencyKey: `key-${sent}`, ...input };
  const { data, errors } = await graph.ask(user, query, { input: given });
  return errors ? { codes: errors.map(({ extensions }) => extensions?.["code"]) } : ((data?.[field] ?? {}) as Row);
}

const namesSeenBy = async (user: string) => {
  const { edges } = await graph.field(user, "{ merchants { edges { node { locations { name } } } } }");
  const [merchant] = edges as readonly { readonly node: { readonly locations: readonly Row[] } }[];
  return merchant?.node.locations.map(({ name }) => name);
};
const audited = (action: string) =>
  ledger.rows(
    "select outcome, detail from delivery.audit_entry where merchant_id = $1 and action = $2 order by position",
    [shop.id, action],
  );

test("a location is made, changed as it was read, and told in the audit as it was and is", async () => {
  const { ada } = await openPlace();
  const made = await act(ada, "saveLocation", { ...PLACE, idempotencyKey: "make" });
  const location = { id: made["locationId"], ...PLACE, version: 1, closedAt: null };
  expect(made).toEqual({ locationId: expect.stringMatching(/^loc_/), transactions: 0, location });
  expect(await act(ada, "saveLocation", { ...PLACE, idempotencyKey: "make" })).toEqual(made);
  const change = { ...PLACE, locationId: made["locationId"], name: "Brugge Zand", city: null };
  expect(await act(ada, "saveLocation", { ...change, expectedVersion: 7 })).toEqual({
    reason: "VERSION_CONFLICT",
    currentVersion: 1,
  });
  expect(await act(ada, "saveLocation", { ...change, expectedVersion: 1 })).toMatchObject({
    location: { ...location, name: "Brugge Zand", city: null, version: 2 },
  });
  expect(await act(ada, "saveLocation", { ...PLACE, name: "brugge zand" })).toMatchObject({ reason: "NAME_TAKEN" });
  expect(await act(ada, "saveLocation", { ...change, locationId: "loc_x" })).toMatchObject({ reason: "NOT_FOUND" });
  for (const wrong of [{ name: " " }, { country: "be" }, { zone: "CET" }, { city: "4111 1111 1111 1111" }])
    expect(await act(ada, "saveLocation", { ...PLACE, ...wrong })).toEqual({ codes: [expect.any(String)] });
  expect(await audited("location.save")).toMatchObject([
    { outcome: "DONE", detail: { before: null, after: { name: "Brugge Markt", version: 1 } } },
    { outcome: "DENIED", detail: { refusal: "VERSION_CONFLICT" } },
    { outcome: "DONE", detail: { before: { name: "Brugge Markt" }, after: { name: "Brugge Zand", version: 2 } } },
    { outcome: "DENIED", detail: { refusal: "NAME_TAKEN" } },
    { outcome: "DENIED", detail: { refusal: "NOT_FOUND" } },
  ]);
});

test("who is limited to some locations makes none, changes none and sees no new one", async () => {
  const { first, ada, lim, eva } = await openPlace();
  await act(ada, "saveLocation", PLACE);
  expect(await namesSeenBy(ada)).toEqual(["Brugge Markt", "Gent"]);
  const closing = { locationId: first, expectedVersion: 1 };
  for (const user of [lim, eva]) {
    expect(await act(user, "saveLocation", { ...PLACE, name: "Own" })).toEqual({ codes: ["FORBIDDEN"] });
    expect(await act(user, "saveLocation", { ...PLACE, ...closing })).toEqual({ codes: ["FORBIDDEN"] });
    expect(await act(user, "closeLocation", closing)).toEqual({ codes: ["FORBIDDEN"] });
    expect(await namesSeenBy(user)).toEqual(["Gent"]);
  }
  expect((await audited("location.save")).filter(({ outcome }) => outcome === "DENIED")).toHaveLength(4);
  expect((await audited("location.close")).filter(({ outcome }) => outcome === "DENIED")).toHaveLength(2);
});

test("another zone gives what was taken there the business dates of that zone", async () => {
  const { first, ada, eva } = await openPlace();
  const sale = (time: string, pspReference: string) => ({ amount: 1_000, account: shop.adyen, time, pspReference });
  await shop.feed(
    terminalJournal(shop.terminal, [sale("2026-11-02 23:30:00", "LATE"), sale("2026-11-03 12:00:00", "NOON")]),
  );
  const datesSeenBy = async (user: string) => {
    const { edges } = await graph.field(user, "{ transactions(first: 10) { edges { node { businessDate } } } }");
    return (edges as readonly { readonly node: Row }[]).map(({ node }) => node["businessDate"]).sort();
  };
  expect(await datesSeenBy(eva)).toEqual(["2026-11-02", "2026-11-03"]);
  const there = { ...PLACE, name: "Gent", locationId: first, expectedVersion: 1, zone: "Europe/Helsinki" };
  expect(await act(ada, "saveLocation", there)).toMatchObject({
    transactions: 1,
    location: { zone: "Europe/Helsinki" },
  });
  expect(await datesSeenBy(eva)).toEqual(["2026-11-03", "2026-11-03"]);
  await shop.feed(terminalJournal(shop.terminal, [sale("2026-11-04 23:30:00", "NEXT")]));
  expect(await datesSeenBy(eva)).toEqual(["2026-11-03", "2026-11-03", "2026-11-05"]);
});

test("a location with a terminal is not closed; a closed one keeps what was taken there and takes no terminal", async () => {
  const { first, terminal, ada, eva } = await openPlace();
  await shop.feed(terminalJournal(shop.terminal, [{ amount: 1_000, account: shop.adyen, pspReference: "KEPT" }]));
  const closing = { locationId: first, expectedVersion: 1 };
  expect(await act(ada, "closeLocation", closing)).toMatchObject({ reason: "HAS_TERMINALS" });
  const move =
    "mutation ($input: MoveTerminalInput!) { moveTerminal(input: $input) { ... on AccountRefusal { reason } } }";
  const link =
    "mutation ($input: LinkTerminalInput!) { linkTerminal(input: $input) { __typename ... on AccountRefusal { reason } } }";
  const out = { merchantId: shop.id, terminalId: terminal, at: "2026-11-20T00:00:00Z", idempotencyKey: "out" };
  await graph.field(ada, move, { input: out });
  const closed = await act(ada, "closeLocation", closing);
  expect(closed).toMatchObject({ location: { version: 2, closedAt: expect.any(String) } });
  expect(await audited("location.close")).toMatchObject([
    { outcome: "DENIED" },
    { outcome: "DONE", detail: { before: { closedAt: null }, after: { closedAt: expect.any(String) } } },
  ]);
  const { edges } = await graph.field(
    eva,
    "{ transactions(first: 9) { edges { node { location { name closedAt } } } } }",
  );
  expect(edges).toMatchObject([{ node: { location: { name: "Gent", closedAt: expect.any(String) } } }]);
  const again = { merchantId: shop.id, tid: shop.terminal, locationId: first, from: "2026-11-21T00:00:00Z" };
  expect(await graph.field(ada, link, { input: { ...again, idempotencyKey: "again" } })).toMatchObject({
    reason: "LOCATION_CLOSED",
  });
  const past = { ...again, until: "2026-11-22T00:00:00Z", idempotencyKey: "past" };
  expect(await graph.field(ada, link, { input: past })).toEqual({ __typename: "TerminalChange" });
  const reopened = { ...PLACE, locationId: first, expectedVersion: 2 };
  expect(await act(ada, "saveLocation", reopened)).toMatchObject({ reason: "LOCATION_CLOSED" });
  // The name is free again for another place.
  expect(await act(ada, "saveLocation", { ...PLACE, name: "Gent" })).toMatchObject({ transactions: 0 });
});
