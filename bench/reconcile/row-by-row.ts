import type pg from "pg";
import { CHANGE_CHANNEL } from "../../subgraphs/shared/changes/record-changes.ts";

/**
 * The usual job beside ours: a transaction for each line, which finds what it settles by the reference and leaves what ours
 * leaves of a match: the claim, the event, the status, and the note for who watches the transaction, which is told. It knows
 * no weaker key and reports nothing. Returns milliseconds a line.
 */
export async function reconcileRowByRow(client: pg.Client, merchantId: string): Promise<number> {
  const { rows } = await client.query<{ id: string }>(
    "select id from reconciliation.settlement_line where merchant_id = $1",
    [merchantId],
  );
  const start = performance.now();
  for (const { id } of rows) await reconcileRow(client, merchantId, id);
  return (performance.now() - start) / rows.length;
}

async function reconcileRow(client: pg.Client, merchantId: string, lineId: string): Promise<void> {
  await client.query("begin");
  const [line] = (await client.query({ name: "line", text: LINE, values: [merchantId, lineId] })).rows;
  const values = [merchantId, line.family, line.expected_id, line.amount];
  const [found] = (await client.query({ name: "find", text: FIND, values })).rows;
  if (found) {
    const ids = [merchantId, found.id, lineId];
    await client.query({ name: "claim", text: CLAIM, values: ids });
    await client.query({ name: "event", text: EVENT, values: ids });
    const settled = [merchantId, line.family, found.id, line.fee_minor, line.net_minor];
    await client.query({ name: "settle", text: SETTLE, values: settled });
    await client.query({ name: "note", text: NOTE, values: [merchantId, found.id] });
  }
  await client.query("commit");
}

const LINE = `
  select family, expected_id, abs(gross_minor) as amount, fee_minor, net_minor from reconciliation.settlement_line
  where merchant_id = $1 and id = $2`;

const FIND = `
  select id from transactions.transaction
  where merchant_id = $1 and family = $2 and id = $3 and amount_minor = $4 and status = 'PROCESSING' for update`;

const CLAIM = `
  insert into reconciliation.claim (merchant_id, id, line_id, transaction_id, effect, run_id, stage, method, rule_set_hash)
  values ($1, 'mat_' || $3, $3, $2, 'SALE', 'run_rows', 'REFERENCE', 'AUTO', '')
  on conflict do nothing`;

const EVENT = `
  insert into transactions.transaction_event (merchant_id, transaction_id, id, kind, source, outcome, certainty, precedence,
    outcome_rank, occurred_at, content_hash)
  values ($1, $2, 'evt_' || $3, 'SALE', 'RECONCILER', 'SUCCESS', 'DEFINITIVE', 3, 3, now(), '')`;

const SETTLE = `
  update transactions.transaction
  set status = 'SUCCESS', base_status = 'SUCCESS', settlement_state = 'SETTLED', settled_fee_minor = $4,
    settled_net_minor = $5
  where merchant_id = $1 and family = $2 and id = $3`;

const NOTE = `
  with noted as (insert into delivery.transaction_change (merchant_id, transaction_id) values ($1, $2))
  select pg_notify('${CHANGE_CHANNEL}', $1)`;
