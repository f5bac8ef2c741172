import { createHash } from "node:crypto";
import pg from "pg";

/** What the ledger says, section by section, without when and in which order it came to say so. */
export type BusinessState = Readonly<Record<string, readonly string[]>>;

export async function readBusinessState(databaseUrl: string): Promise<BusinessState> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const state: Record<string, readonly string[]> = {};
    for (const [section, query] of Object.entries(SECTIONS)) {
      const { rows } = await client.query<{ row: string }>(`select (${query.row})::text as row from ${query.from}`);
      state[section] = rows.map(({ row }) => row).sort();
    }
    return state;
  } finally {
    await client.end();
  }
}

/** One line for all of it: equal where nothing was lost, doubled or decided otherwise. */
export function digestOf(state: BusinessState): string {
  return createHash("sha256").update(JSON.stringify(state)).digest("hex");
}

/** The first rows of each section that one state has and the other has not; empty when they are the same. */
export function differencesOf(one: BusinessState, other: BusinessState): Readonly<Record<string, readonly string[]>> {
  const sections = Object.keys(SECTIONS).map((section) => {
    const lost = without(one[section] ?? [], other[section] ?? []).map((row) => `- ${row}`);
    const gained = without(other[section] ?? [], one[section] ?? []).map((row) => `+ ${row}`);
    return [section, [...lost.slice(0, 3), ...gained.slice(0, 3)]] as const;
  });
  return Object.fromEntries(sections.filter(([, rows]) => rows.length > 0));
}

/** Multisets: a row that is there twice must be there twice. */
function without(rows: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  });
}

const CURRENT = "select from transactions.transaction t where t.id = d.transaction_id and t.superseded_by is null";

const SECTIONS: Readonly<Record<string, { readonly row: string; readonly from: string }>> = {
  transactions: {
    // The event that decides may be a claim's, and a claim is named after the run that made it.
    row: "to_jsonb(t) - '{version,recorded_at,changed_at,ingest_seq,deciding_event}'::text[]",
    from: "transactions.transaction t where superseded_by is null",
  },
  ccvPayDetails: { row: "to_jsonb(d)", from: `ccv_pay.detail d where exists (${CURRENT})` },
  voucherDetails: { row: "to_jsonb(d)", from: `e_vouchers.detail d where exists (${CURRENT})` },
  acquirerDetails: { row: "to_jsonb(d)", from: `acquirers.detail d where exists (${CURRENT})` },
  events: {
    row: "jsonb_build_array(d.transaction_id, d.kind, d.source, d.outcome, d.amount_minor, d.file_id, d.line_number)",
    from: `transactions.transaction_event d where exists (${CURRENT}) and (d.claim_id is null
      or exists (select from reconciliation.claim c where c.id = d.claim_id and c.released_at is null))`,
  },
  claims: {
    row: "jsonb_build_array(line_id, transaction_id, effect, part)",
    from: "reconciliation.claim where released_at is null",
  },
  discrepancies: {
    row: "jsonb_build_array(type, line_id, transaction_id, candidates, amount_at_risk_minor)",
    from: "reconciliation.discrepancy where state = 'OPEN'",
  },
  lines: { row: "to_jsonb(l) - '{ingest_seq}'::text[]", from: "reconciliation.settlement_line l" },
  batches: { row: "to_jsonb(b)", from: "reconciliation.settlement_batch b" },
  payouts: { row: "to_jsonb(p)", from: "reconciliation.payout p" },
  bankEntries: { row: "to_jsonb(b) - '{ingest_seq,recorded_at}'::text[]", from: "reconciliation.bank_entry b" },
  quarantine: { row: "to_jsonb(r)", from: "reconciliation.source_record r" },
  files: {
    row: "to_jsonb(f) - '{received_at,finished_at,lease_epoch,leased_until,progress_rows,progress_bytes}'::text[]",
    from: "reconciliation.source_file f",
  },
  // How many files one run matches is a question of when they came.
  runs: {
    row: "jsonb_build_array(merchant_id, asked, mode, status)",
    from: `(select distinct merchant_id, case when trigger in ('FILE', 'WEBHOOK') then trigger else id end as asked, mode,
      status from reconciliation.run) r`,
  },
  comments: {
    row: "jsonb_build_array(discrepancy_id, author_id, text)",
    from: "reconciliation.discrepancy_comment",
  },
  decisions: {
    row: "jsonb_build_array(idempotency_key, action, object_id, actor_id)",
    from: "reconciliation.decision",
  },
  acts: { row: "jsonb_build_array(actor_id, action, object_id, outcome)", from: "delivery.audit_entry" },
};
