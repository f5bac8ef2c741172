import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerSamples } from "../../commands/load-samples.ts";
import { simulate } from "../../simulator/simulate.ts";
import { type Ledger, openLedger, type Row } from "../support/ledger.ts";

/** What must stay the same, or change in one known way, when the files are told otherwise. */
type Files = ReadonlyMap<string, string>;
type Outcome = { readonly transactions: readonly string[]; readonly claims: readonly string[] };

let folder: string;
let files: Files;
let usual: Outcome;
const opened: Ledger[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "concord-metamorphic-"));
  simulate({ seed: 11, weeks: 3, transactions: 500, faults: true, outDir: folder });
  const names = (await readdir(join(folder, "files"))).sort();
  files = new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, string]> => [name, await readFile(join(folder, "files", name), "utf8")]),
    ),
  );
  usual = (await settle(files)).outcome;
});
afterAll(async () => {
  for (const ledger of opened) await ledger.close();
  await rm(folder, { recursive: true, force: true });
});

async function settle(told: Files, more?: (ledger: Ledger) => Promise<void>) {
  const ledger = await openLedger(`metamorphic_${opened.length}`);
  opened.push(ledger);
  const merchantId = await registerSamples(ledger.services.database, folder);
  await more?.(ledger);
  for (const [name, content] of told) await ledger.feed(merchantId, content, name);
  await ledger.reconcile(merchantId);
  return { ledger, merchantId, outcome: await outcomeOf(ledger, merchantId) };
}

/** Everything but our own ids and times. */
async function outcomeOf(ledger: Ledger, merchantId: string): Promise<Outcome> {
  const rows = (sql: string) => ledger.rows<Row & { row: unknown }>(sql, [merchantId]);
  const texts = (found: readonly { row: unknown }[]) => found.map(({ row }) => JSON.stringify(row)).sort();
  return {
    transactions: texts(
      await rows(`select jsonb_build_array(type, psp_reference, stan, arn, amount_minor, currency, occurred_at, status,
          reconciliation_state, settled_fee_minor, settled_net_minor, refunded_minor, charged_back_minor, provisional) as row
        from transactions.transaction where merchant_id = $1 and superseded_by is null`),
    ),
    claims: texts(
      await rows(`select jsonb_build_array(l.kind, l.reference, l.arn, l.gross_minor, c.effect, c.part, t.psp_reference, t.stan,
          t.occurred_at, t.provisional) as row
        from reconciliation.claim c
        join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
        join transactions.transaction t on t.merchant_id = c.merchant_id and t.id = c.transaction_id
        where c.merchant_id = $1 and c.released_at is null`),
    ),
  };
}

const mapped = (change: (name: string, content: string) => readonly (readonly [string, string])[]): Files =>
  new Map([...files].flatMap(([name, content]) => [...change(name, content)]));

test("there is something to lose: claims of several kinds, and what nobody reported", () => {
  expect(usual.claims.length).toBeGreaterThan(200);
  expect(usual.transactions.filter((row) => row.includes('"PROCESSING"')).length).toBeGreaterThan(0);
});

test("the order of the files changes nothing", async () => {
  const { outcome } = await settle(new Map([...files].reverse()));
  expect(outcome).toEqual(usual);
});

test("to feed all again and to run again changes nothing", async () => {
  const { ledger, merchantId } = await settle(files);
  for (const [name, content] of files) await ledger.feed(merchantId, content, `again ${name}`);
  for (const [name, content] of files) await ledger.feed(merchantId, `${content}\n`, `longer ${name}`);
  await ledger.reconcile(merchantId);
  expect(await outcomeOf(ledger, merchantId)).toEqual(usual);
});

test("what other merchants do changes nothing", async () => {
  const { outcome } = await settle(files, async (ledger) => {
    const other = await ledger.openShop();
    const lines = [...files].find(([name]) => name.startsWith("settlement_detail"))?.[1] ?? "";
    await other.feed(lines.replaceAll("KorenaarPOS", other.adyen));
    await other.reconcile();
  });
  expect(outcome).toEqual(usual);
});

test("other references lead to the same pairs", async () => {
  const renamed = (text: string) =>
    text.replaceAll(/(?<![A-Z0-9])[B-DF-HJ-NP-TV-XZ2-9]{16}(?![A-Z0-9])/g, (reference) =>
      [...reference].reverse().join(""),
    );
  const { outcome } = await settle(mapped((name, content) => [[name, renamed(content)]]));
  const back = (rows: readonly string[]) => rows.map(renamed).sort();
  expect({ transactions: back(outcome.transactions), claims: back(outcome.claims) }).toEqual(usual);
});

test("a journal in two parts, and two in one, are the same journal", async () => {
  const isJournal = (name: string) => name.startsWith("terminal-journal");
  const halves = mapped((name, content) => {
    if (!isJournal(name)) return [[name, content]];
    const [header = "", ...records] = content.trimEnd().split("\n");
    const lines = records.slice(0, -1);
    const middle = Math.trunc(lines.length / 2);
    return [
      [`${name} 1`, journalOf(header, lines.slice(0, middle))],
      [`${name} 2`, journalOf(header, lines.slice(middle))],
    ];
  });
  expect((await settle(halves)).outcome).toEqual(usual);
  const journals = [...files].filter(([name]) => isJournal(name)).map(([, content]) => content.trimEnd().split("\n"));
  const whole = journalOf(
    journals[0]?.[0] ?? "",
    journals.flatMap((lines) => lines.slice(1, -1)),
  );
  const merged = new Map([...[...files].filter(([name]) => !isJournal(name)), ["journal", whole] as const]);
  expect((await settle(merged)).outcome).toEqual(usual);
});

function journalOf(header: string, lines: readonly string[]): string {
  const sums = new Map<string, bigint>();
  for (const line of lines) {
    const { amount, currency, type } = JSON.parse(line) as { amount: string; currency: string; type: string };
    const minor = BigInt(amount.replace(".", ""));
    sums.set(currency, (sums.get(currency) ?? 0n) + (type === "sale" ? minor : -minor));
  }
  const totals = [...sums].map(([currency, minor]) => `{"currency":"${currency}","amountMinor":${minor}}`);
  return [header, ...lines, `{"record":"end","count":${lines.length},"totals":[${totals.join(",")}]}`].join("\n");
}

test("without the settlements every payment waits, and without the journals every line speaks for itself", {}, async () => {
  const only = (keep: (name: string) => boolean) => new Map([...files].filter(([name]) => keep(name)));
  const told = await settle(only((name) => name.startsWith("terminal-journal")));
  expect(told.outcome.claims).toEqual([]);
  expect(told.outcome.transactions.filter((row) => /"(MATCHED|PARTIAL|AMBIGUOUS)"/.test(row))).toEqual([]);
  const settled = await settle(only((name) => !name.startsWith("terminal-journal")));
  const lines = await settled.ledger.rows("select from reconciliation.settlement_line where kind = 'SALE'");
  const sales = settled.outcome.claims.filter((row) => row.startsWith('["SALE"'));
  expect(sales.length).toBe(lines.length);
  expect(settled.outcome.transactions.filter((row) => row.includes('"AMBIGUOUS"'))).toEqual([]);
});
