import { afterAll, describe, expect, test } from "vitest";
import { importFile } from "../../subgraphs/reconciliation/import/import-file.ts";
import { PLATFORM } from "../../subgraphs/shared/database/scope.ts";
import { foldAllHours } from "../../subgraphs/shared/rollups/fold-hours.ts";
import type { Row } from "../support/ledger.ts";
import { adyenReport, edenredFile, terminalJournal } from "../support/settlement-files.ts";
import { openTerminals, saleOn, type TerminalDesk } from "./support/terminal-desk.ts";

const { ledger, graph, openDesk, close } = await openTerminals("terminal_history");
afterAll(async () => {
  const broken = await ledger.violated();
  await close();
  // Those that need not hold while files are read, too.
  expect(broken).toEqual([]);
});

/** A terminal that the shop has, and nobody has linked; its numbers differ from test to test. */
let numbers = 77_000_000;
const unlinked = () => `${++numbers}`;

/** The account is kept at the first location, and the platform may link. */
async function openLinking(): Promise<TerminalDesk> {
  const desk = await openDesk();
  await ledger.rows("update accounts.provider_account set location_id = $2 where merchant_id = $1", [
    desk.shop.id,
    desk.first,
  ]);
  await desk.grant(PLATFORM, desk.admin, "administrator");
  return desk;
}

const month = (locationId: string) => ({
  filter: {
    occurredAt: { from: "2026-11-01T00:00:00+01:00", to: "2026-12-01T00:00:00+01:00" },
    locations: [locationId],
  },
});

/** Count and gross of a location, as its figures tell them: sums of hours where there are some. */
async function figuresOf({ admin }: TerminalDesk, locationId: string): Promise<unknown> {
  const query = `query ($filter: TransactionFilter) { analysis(filter: $filter, granularity: MONTH, zone: "Europe/Brussels") {
    period { totals { count pending { amountMinor } } } } }`;
  const { period } = await graph.field(admin, query, month(locationId));
  return (period as { readonly totals: readonly unknown[] }).totals;
}
const figures = (count: string, amountMinor: string) => [{ count, pending: { amountMinor } }];

describe("what was taken before its terminal was linked", () => {
  test("comes to the location with the link, as far as the terminal was there", async () => {
    const desk = await openLinking();
    const { shop, first, second, admin, there, act, seenBy } = desk;
    const tid = unlinked();
    const sales = ["02", "10", "20"].map((day) => saleOn(day, `S${day}`, shop.adyen));
    await shop.feed(terminalJournal(tid, sales));
    expect(await seenBy(admin)).toEqual(["02", "10", "20"].map((day) => `S${day} ${first}`));
    expect(await seenBy(there)).toEqual([]);
    const time = { from: "2026-11-05T00:00:00Z", until: "2026-11-15T00:00:00Z" };
    expect(await act(admin, "linkTerminal", { tid, locationId: second, ...time })).toMatchObject({ transactions: 1 });
    expect(await seenBy(there)).toEqual([`S10 ${second}`]);
    expect(await seenBy(admin)).toEqual([`S02 ${first}`, `S10 ${second}`, `S20 ${first}`]);
    const later = { tid, locationId: second, from: "2026-11-15T00:00:00Z" };
    expect(await act(admin, "linkTerminal", later)).toMatchObject({ transactions: 1 });
    expect(await seenBy(there)).toEqual([`S10 ${second}`, `S20 ${second}`]);
    // The same file again says what is known, and what tells more of a sale leaves it where its terminal was.
    await shop.feed(terminalJournal(tid, [...sales, saleOn("21", "S21", shop.adyen)]));
    await shop.feed(adyenReport(shop.adyen, [{ psp: "S10", gross: 1_000, created: "2026-11-10 12:00:00" }]));
    await shop.reconcile();
    expect(await seenBy(there)).toEqual([`S10 ${second}`, `S20 ${second}`, `S21 ${second}`]);
  });

  test("of another merchant with the same number stays theirs", async () => {
    const [one, two] = [await openLinking(), await openLinking()];
    const tid = unlinked();
    for (const { shop } of [one, two]) await shop.feed(terminalJournal(tid, [saleOn("10", "SAME", shop.adyen)]));
    const link = { tid, locationId: one.second, from: "2026-11-01T00:00:00Z" };
    expect(await one.act(one.admin, "linkTerminal", link)).toMatchObject({ transactions: 1 });
    expect(await one.seenBy(one.there)).toEqual([`SAME ${one.second}`]);
    expect(await two.seenBy(two.admin)).toEqual([`SAME ${two.first}`]);
  });

  test("brings its sums with it, and a terminal that moves does", async () => {
    const desk = await openLinking();
    const { shop, first, second, admin, act } = desk;
    const tid = unlinked();
    await shop.feed(terminalJournal(tid, [saleOn("02", "A", shop.adyen), saleOn("10", "B", shop.adyen)]));
    await foldAllHours(ledger.services.database);
    expect(await figuresOf(desk, first)).toEqual(figures("2", "2000"));
    const link = { tid, locationId: second, from: "2026-11-01T00:00:00Z" };
    const { terminalId } = await act(admin, "linkTerminal", link);
    for (const folded of [false, true]) {
      if (folded) await foldAllHours(ledger.services.database);
      expect([await figuresOf(desk, first), await figuresOf(desk, second)]).toEqual([[], figures("2", "2000")]);
    }
    await act(admin, "moveTerminal", { terminalId, locationId: first, at: "2026-11-05T00:00:00Z" });
    for (const folded of [false, true]) {
      if (folded) await foldAllHours(ledger.services.database);
      expect(await figuresOf(desk, first)).toEqual(figures("1", "1000"));
      expect(await figuresOf(desk, second)).toEqual(figures("1", "1000"));
    }
  });

  test("finds the voucher that its issuer settled before the link, by the terminal alone", async () => {
    const { shop, second, admin, there, act, seenBy } = await openLinking();
    const tid = unlinked();
    const voucher = { amount: 825, circuit: "EDRD", product: "01", account: shop.edenred, stan: "7" };
    await shop.feed(edenredFile(shop.edenred, [{ transaction: "900", amount: 825, terminal: tid }]));
    const { terminalId } = await act(admin, "linkTerminal", { tid, locationId: second, from: "2026-11-01T00:00:00Z" });
    // At another time than the line's, which has come to the later place as well.
    const moved = { terminalId, locationId: second, at: "2026-11-02T01:00:00Z" };
    expect(await act(admin, "moveTerminal", moved)).toMatchObject({ transactions: 0 });
    await shop.feed(terminalJournal(tid, [voucher]));
    await shop.reconcile();
    expect(await shop.rows("reconciliation.claim")).toMatchObject([{ stage: "VOUCHER", released_at: null }]);
    expect(await seenBy(there)).toEqual([expect.stringContaining(second)]);
  });

  test("and was only inferred from its settlement comes too", async () => {
    const { shop, first, second, admin, there, act, seenBy } = await openLinking();
    const tid = unlinked();
    await shop.feed(edenredFile(shop.edenred, [{ transaction: "901", amount: 825, terminal: tid }]));
    await shop.reconcile();
    expect(await seenBy(admin)).toEqual([`901 ${first}`]);
    await act(admin, "linkTerminal", { tid, locationId: second, from: "2026-11-01T00:00:00Z" });
    expect(await seenBy(there)).toEqual([`901 ${second}`]);
  });
});

describe("a closing", () => {
  const ASKED = `id number pdfSha256 hash totals { count pending { amountMinor } }
    adjustments(first: 9) { edges { node { way before { amount { amountMinor } } after { amount { amountMinor } } } } }`;
  const closing = async ({ shop, admin }: TerminalDesk, locationId: string, day: string) => {
    const query = `mutation ($input: ClosePeriodInput!) { closePeriod(input: $input) { __typename ... on Closing { ${ASKED} } } }`;
    const next = `${Number(day) + 1}`.padStart(2, "0");
    const [from, to] = [`2026-11-${day}T00:00:00+01:00`, `2026-11-${next}T00:00:00+01:00`];
    const input = { merchantId: shop.id, locationId, kind: "DAY", from, to, idempotencyKey: `${locationId}-${day}` };
    const closed = await graph.field(admin, query, { input });
    expect(closed).toMatchObject({ __typename: "Closing" });
    return closed;
  };
  const adjustmentsOf = ({ adjustments }: Row) =>
    (adjustments as { readonly edges: readonly { readonly node: Row }[] }).edges.map(({ node }) => node);
  const amount = (amountMinor: string) => ({ amount: { amountMinor } });

  test.each(["linked", "moved"])(
    "answers as it did once a terminal is %s, and the next ones name what went and came",
    async (way) => {
      const desk = await openLinking();
      const { shop, first, second, admin, act } = desk;
      const tid = way === "linked" ? unlinked() : shop.terminal;
      await shop.feed(terminalJournal(tid, [saleOn("02", "A", shop.adyen), saleOn("03", "B", shop.adyen)]));
      const closed = [await closing(desk, first, "02"), await closing(desk, second, "02")];
      expect(closed).toMatchObject([{ totals: [{ count: "1" }] }, { totals: [] }]);
      const from = "2026-11-01T00:00:00Z";
      if (way === "linked") await act(admin, "linkTerminal", { tid, locationId: second, from });
      else await act(admin, "moveTerminal", { terminalId: desk.terminal, locationId: second, at: from });
      for (const { id, __typename, ...said } of closed) {
        const query = `query ($id: ID!) { closing(id: $id) { ${ASKED} } }`;
        expect(await graph.field(admin, query, { id })).toEqual({ id, ...said });
      }
      const [gone, come] = [await closing(desk, first, "03"), await closing(desk, second, "03")];
      expect(gone).toMatchObject({ totals: [] });
      expect(adjustmentsOf(gone)).toEqual([{ way: "REMOVED", before: amount("1000"), after: null }]);
      expect(come).toMatchObject({ totals: [{ count: "1", pending: { amountMinor: "1000" } }] });
      expect(adjustmentsOf(come)).toEqual([{ way: "ADDED", before: null, after: amount("1000") }]);
    },
  );
});

test("a file whose terminal nobody held comes in with its replay once it is linked, and no second time", async () => {
  const { shop, second, admin, there, act, seenBy } = await openLinking();
  const tid = unlinked();
  const [one, two] = [saleOn("02", "R1", shop.adyen), saleOn("20", "R2", shop.adyen)].map(
    ({ account: _, ...entry }) => entry,
  );
  const { id, record } = await shop.feed(
    terminalJournal(
      tid,
      [one, two].flatMap((entry) => entry ?? []),
    ),
  );
  expect(record).toMatchObject({ rows_accepted: 0, rows_quarantined: 2 });
  expect(await seenBy(admin)).toEqual([]);
  await act(admin, "linkTerminal", {
    tid,
    locationId: second,
    from: "2026-11-01T00:00:00Z",
    until: "2026-11-15T00:00:00Z",
  });
  const replay = async (idempotencyKey: string) => {
    const query = `mutation ($input: SettlementFileInput!) { replaySettlementFile(input: $input) { __typename } }`;
    expect(await graph.field(admin, query, { input: { id, idempotencyKey } })).toEqual({
      __typename: "SettlementFile",
    });
    await importFile(ledger.services, shop.id, id);
    return shop.rows("reconciliation.source_record");
  };
  const other = expect.objectContaining({ code: "UNMAPPED_TERMINAL", disposition: "QUARANTINED" });
  expect(await replay("once")).toEqual([other]);
  expect(await seenBy(there)).toEqual([`R1 ${second}`]);
  expect(await replay("again")).toContainEqual(other);
  expect(await seenBy(there)).toEqual([`R1 ${second}`]);
  await act(admin, "linkTerminal", { tid, locationId: second, from: "2026-11-15T00:00:00Z" });
  await replay("whole");
  expect(await seenBy(there)).toEqual([`R1 ${second}`, `R2 ${second}`]);
});
