import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { grantMembership } from "../../subgraphs/accounts/register.ts";
import { inScope, PLATFORM } from "../../subgraphs/shared/database/scope.ts";
import type { BuiltInRole } from "../../subgraphs/shared/identity/permissions.ts";
import { type Ledger, openLedger, type Row, type Shop } from "../support/ledger.ts";
import { openRunGraph, type RunGraph } from "../support/run-graph.ts";
import { terminalJournal } from "../support/settlement-files.ts";

let ledger: Ledger;
let graph: RunGraph;
let shop: Shop;
beforeAll(async () => {
  ledger = await openLedger("terminals");
  graph = await openRunGraph(ledger);
});
afterAll(async () => {
  await graph.close();
  await ledger.close();
});

const grant = (merchantId: string, userId: string, role: BuiltInRole, locations?: readonly string[]) =>
  inScope(ledger.services.database, { merchants: [merchantId], user: "user:test" }, (transaction) =>
    grantMembership(transaction, { merchantId, userId, role, ...(locations && { locations }) }, "user:test"),
  );

/** A shop with a second location, an administrator, and someone who sees the second location only. */
async function openPlaces() {
  shop = await ledger.openShop();
  const [, number] = shop.id.split("_");
  const [first, second] = [`loc_${number}`, `loc_${number}_b`];
  const place =
    "insert into accounts.location (merchant_id, id, name, country, zone) values ($1, $2, 'Brugge', 'BE', $3)";
  await ledger.rows(place, [shop.id, second, "Europe/Brussels"]);
  const [admin, there] = [`ada@${shop.id}`, `eva@${shop.id}`];
  await grant(shop.id, admin, "administrator");
  await grant(shop.id, there, "location_manager", [second]);
  return { shop, first, second, terminal: `ter_${number}`, admin, there };
}

let sent = 0;
async function act(user: string, field: "linkTerminal" | "moveTerminal", input: Row) {
  sent += 1;
  const type = field === "linkTerminal" ? "LinkTerminalInput" : "MoveTerminalInput";
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) {
    ... on TerminalChange { terminalId transactions } ... on AccountRefusal { reason } } }`;
  const { data, errors } = await graph.ask(user, query, {
    input: { merchantId: shop.id, idempotencyKey: `key-${sent}`, ...input },
  });
  return errors ? { codes: errors.map(({ extensions }) => extensions?.["code"]) } : (data?.[field] as Row);
}

const sale = (day: string, psp: string) => ({
  amount: 1_000,
  account: shop.adyen,
  time: `2026-11-${day} 12:00:00`,
  pspReference: psp,
});
type Node = { readonly providerReference: string; readonly location: { readonly id: string } | null };
const seenBy = async (user: string) => {
  const query = "{ transactions(first: 100) { edges { node { providerReference location { id } } } } }";
  const { edges } = await graph.field(user, query);
  return (edges as readonly { readonly node: Node }[])
    .map(({ node }) => `${node.providerReference} ${node.location?.id}`)
    .sort();
};

test("what a terminal took before it moved stays where it was; what it took since is of the new place", async () => {
  const { first, second, terminal, admin, there } = await openPlaces();
  await shop.feed(terminalJournal(shop.terminal, [sale("02", "EARLY"), sale("10", "LATE")]));
  expect(await seenBy(admin)).toEqual([`EARLY ${first}`, `LATE ${first}`]);
  expect(await seenBy(there)).toEqual([]);
  const moved = await act(admin, "moveTerminal", {
    terminalId: terminal,
    locationId: second,
    at: "2026-11-05T00:00:00Z",
  });
  expect(moved).toEqual({ terminalId: expect.stringMatching(/^ter_/), transactions: 1 });
  expect(await seenBy(admin)).toEqual([`EARLY ${first}`, `LATE ${second}`]);
  expect(await seenBy(there)).toEqual([`LATE ${second}`]);
  await shop.feed(terminalJournal(shop.terminal, [sale("03", "EARLY2"), sale("11", "LATE2")]));
  expect(await seenBy(there)).toEqual([`LATE ${second}`, `LATE2 ${second}`]);
  expect(await seenBy(admin)).toContain(`EARLY2 ${first}`);
  const [entry] = await ledger.rows(
    "select outcome, detail from delivery.audit_entry where merchant_id = $1 and action = 'terminal.move'",
    [shop.id],
  );
  expect(entry).toMatchObject({
    outcome: "DONE",
    detail: { before: { locationId: first }, after: { locationId: second, transactions: 1 } },
  });
});

describe("a terminal", () => {
  test("that goes out of use takes with it what it took after that time, and then may be linked again", async () => {
    const { first, second, terminal, admin, there } = await openPlaces();
    await shop.feed(terminalJournal(shop.terminal, [sale("02", "A"), sale("10", "B")]));
    expect(await act(admin, "moveTerminal", { terminalId: terminal, at: "2026-11-05T00:00:00Z" })).toEqual({
      terminalId: terminal,
      transactions: 1,
    });
    expect(await seenBy(admin)).toEqual([`A ${first}`, "B undefined"]);
    expect(await seenBy(there)).toEqual([]);
    const link = { tid: shop.terminal, locationId: second };
    expect(await act(admin, "linkTerminal", { ...link, from: "2026-11-01T00:00:00Z" })).toEqual({
      reason: "TERMINAL_HELD",
    });
    expect(await act(admin, "linkTerminal", { ...link, from: "2026-11-20T00:00:00Z" })).toMatchObject({
      transactions: 0,
    });
    await shop.feed(terminalJournal(shop.terminal, [sale("21", "C")]));
    expect(await seenBy(there)).toEqual([`C ${second}`]);
  });

  test("that another merchant holds is not linked, whoever asks, and a first link is the platform's", async () => {
    const { terminal: theirs } = (await openPlaces()).shop;
    const { first, admin } = await openPlaces();
    const link = { locationId: first, from: "2026-11-01T00:00:00Z" };
    expect(await act(admin, "linkTerminal", { ...link, tid: theirs })).toEqual({ reason: "FIRST_LINK" });
    expect(await act(admin, "linkTerminal", { ...link, tid: "99999999" })).toEqual({ reason: "FIRST_LINK" });
    await grant(PLATFORM, admin, "administrator");
    expect(await act(admin, "linkTerminal", { ...link, tid: theirs })).toEqual({ reason: "TERMINAL_HELD" });
    expect(await act(admin, "linkTerminal", { ...link, tid: "99999999" })).toMatchObject({ transactions: 0 });
  });

  test("is moved by administrators alone, within its time there, to a location that there is", async () => {
    const { second, terminal, admin, there } = await openPlaces();
    const move = { terminalId: terminal, locationId: second, at: "2026-11-05T00:00:00Z" };
    expect(await act(there, "moveTerminal", move)).toEqual({ codes: ["FORBIDDEN"] });
    expect(await act(admin, "moveTerminal", { ...move, terminalId: "ter_x" })).toEqual({ reason: "NOT_FOUND" });
    expect(await act(admin, "moveTerminal", { ...move, locationId: "loc_x" })).toEqual({ reason: "NOT_FOUND" });
    expect(await act(admin, "moveTerminal", { ...move, at: "2019-01-01T00:00:00Z" })).toEqual({ reason: "NOT_THEN" });
    await act(admin, "moveTerminal", move);
    expect(await act(admin, "moveTerminal", { ...move, at: "2026-11-06T00:00:00Z" })).toEqual({ reason: "NOT_THEN" });
  });

  test("that nobody has linked shows nothing, and once it is linked its rows come in with the next file", async () => {
    const { first, admin } = await openPlaces();
    const { account: _, ...entry } = sale("02", "N");
    const { record } = await shop.feed(terminalJournal("77777777", [entry]));
    expect(record).toMatchObject({ rows_accepted: 0 });
    expect(await shop.rows("reconciliation.source_record")).toMatchObject([{ code: "UNMAPPED_TERMINAL" }]);
    expect(await seenBy(admin)).toEqual([]);
    await grant(PLATFORM, admin, "administrator");
    await act(admin, "linkTerminal", { tid: "77777777", locationId: first, from: "2026-11-01T00:00:00Z" });
    await shop.feed(terminalJournal("77777777", [entry, { ...entry, pspReference: "N2" }]));
    expect(await seenBy(admin)).toEqual([`N ${first}`, `N2 ${first}`]);
  });
});
