import { afterAll, describe, expect, test } from "vitest";
import { PLATFORM } from "../../subgraphs/shared/database/scope.ts";
import { terminalJournal } from "../support/settlement-files.ts";
import { openTerminals, saleOn } from "./support/terminal-desk.ts";

const { ledger, openDesk, close } = await openTerminals("terminals");
afterAll(close);

test("what a terminal took before it moved stays where it was; what it took since is of the new place", async () => {
  const { shop, first, second, terminal, admin, there, act, seenBy } = await openDesk();
  await shop.feed(
    terminalJournal(shop.terminal, [saleOn("02", "EARLY", shop.adyen), saleOn("10", "LATE", shop.adyen)]),
  );
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
  await shop.feed(
    terminalJournal(shop.terminal, [saleOn("03", "EARLY2", shop.adyen), saleOn("11", "LATE2", shop.adyen)]),
  );
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
    const { shop, first, second, terminal, admin, there, act, seenBy } = await openDesk();
    await shop.feed(terminalJournal(shop.terminal, [saleOn("02", "A", shop.adyen), saleOn("10", "B", shop.adyen)]));
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
    await shop.feed(terminalJournal(shop.terminal, [saleOn("21", "C", shop.adyen)]));
    expect(await seenBy(there)).toEqual([`C ${second}`]);
  });

  test("that another merchant holds is not linked, whoever asks, and a first link is the platform's", async () => {
    const { terminal: theirs } = (await openDesk()).shop;
    const { first, admin, grant, act } = await openDesk();
    const link = { locationId: first, from: "2026-11-01T00:00:00Z" };
    expect(await act(admin, "linkTerminal", { ...link, tid: theirs })).toEqual({ reason: "FIRST_LINK" });
    expect(await act(admin, "linkTerminal", { ...link, tid: "99999999" })).toEqual({ reason: "FIRST_LINK" });
    await grant(PLATFORM, admin, "administrator");
    expect(await act(admin, "linkTerminal", { ...link, tid: theirs })).toEqual({ reason: "TERMINAL_HELD" });
    expect(await act(admin, "linkTerminal", { ...link, tid: "99999999" })).toMatchObject({ transactions: 0 });
  });

  test("is moved by administrators alone, within its time there, to a location that there is", async () => {
    const { second, terminal, admin, there, act } = await openDesk();
    const move = { terminalId: terminal, locationId: second, at: "2026-11-05T00:00:00Z" };
    expect(await act(there, "moveTerminal", move)).toEqual({ codes: ["FORBIDDEN"] });
    expect(await act(admin, "moveTerminal", { ...move, terminalId: "ter_x" })).toEqual({ reason: "NOT_FOUND" });
    expect(await act(admin, "moveTerminal", { ...move, locationId: "loc_x" })).toEqual({ reason: "NOT_FOUND" });
    expect(await act(admin, "moveTerminal", { ...move, at: "2019-01-01T00:00:00Z" })).toEqual({ reason: "NOT_THEN" });
    await act(admin, "moveTerminal", move);
    expect(await act(admin, "moveTerminal", { ...move, at: "2026-11-06T00:00:00Z" })).toEqual({ reason: "NOT_THEN" });
  });

  test("that nobody has linked shows nothing, and once it is linked its rows come in with the next file", async () => {
    const { shop, first, admin, grant, act, seenBy } = await openDesk();
    const { account: _, ...entry } = saleOn("02", "N", shop.adyen);
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
