import type { SqlInvariant } from "./invariant.ts";

const DONE = "f.status in ('APPLIED', 'PARTIALLY_APPLIED')";
const KEY = "f.merchant_id || ' ' || f.id as key";

/** Rows of a file that became an event, a settlement line or a bank entry; the file may be the platform's, its rows a merchant's. */
const BECAME = `
  select file_id, count(*) as rows from (
    select file_id, line_number from transactions.transaction_event where source = 'FILE'
    union select file_id, line_number from reconciliation.settlement_line
    union select file_id, line_number from reconciliation.bank_entry
  ) facts group by file_id`;

export const FILES: readonly SqlInvariant[] = [
  {
    name: "I13",
    severity: "P0",
    sentence: "Every row that was read was accepted, known, quarantined or skipped, and the records of them are there.",
    sql: `
      select ${KEY}, format('%s read; %s accepted, %s known, %s quarantined, %s skipped; records of %s, %s and %s',
        f.rows_read, f.rows_accepted, f.rows_duplicate, f.rows_quarantined, f.rows_skipped, coalesce(r.duplicate, 0),
        coalesce(r.quarantined, 0), coalesce(r.skipped, 0)) as detail
      from reconciliation.source_file f
      left join (
        select merchant_id, file_id, count(*) filter (where disposition = 'DUPLICATE') as duplicate,
          count(*) filter (where disposition = 'QUARANTINED') as quarantined,
          count(*) filter (where disposition = 'SKIPPED') as skipped
        from reconciliation.source_record group by merchant_id, file_id
      ) r on r.merchant_id = f.merchant_id and r.file_id = f.id
      where ${DONE} and (f.rows_read <> f.rows_accepted + f.rows_duplicate + f.rows_quarantined + f.rows_skipped
        or (f.rows_duplicate, f.rows_quarantined, f.rows_skipped)
          <> (coalesce(r.duplicate, 0), coalesce(r.quarantined, 0), coalesce(r.skipped, 0)))`,
  },
  {
    name: "I14",
    severity: "P0",
    sentence: "Every accepted row is an event, a settlement line or a bank entry.",
    sql: `
      select ${KEY}, format('%s accepted, %s there', f.rows_accepted, coalesce(b.rows, 0)) as detail
      from reconciliation.source_file f left join (${BECAME}) b on b.file_id = f.id
      where ${DONE} and f.rows_accepted <> coalesce(b.rows, 0)`,
  },
  {
    name: "I15",
    severity: "P0",
    sentence: "A file that was taken meets its own control totals.",
    sql: `
      select ${KEY}, format('%s: expected %s, found %s', c ->> 'name', c ->> 'expected', c ->> 'actual') as detail
      from reconciliation.source_file f, jsonb_array_elements(f.control_totals) c
      where ${DONE} and c ->> 'expected' is distinct from c ->> 'actual'`,
  },
  {
    name: "I16",
    severity: "P0",
    sentence:
      "A file that was refused, not yet taken or only looked at, left no row; one that is read again keeps those it had.",
    sql: `
      select ${KEY}, format('%s with %s facts and %s records', lower(f.status), coalesce(b.rows, 0), coalesce(r.rows, 0)) as detail
      from reconciliation.source_file f
      left join (${BECAME}) b on b.file_id = f.id
      left join (select merchant_id, file_id, count(*) as rows from reconciliation.source_record group by 1, 2) r
        on r.merchant_id = f.merchant_id and r.file_id = f.id
      where not ${DONE} and f.status_before is null and (b.rows is not null or r.rows is not null)`,
  },
  {
    name: "I17",
    severity: "P1",
    sentence: "Whatever was not taken says why.",
    sql: `
      select ${KEY}, 'rejected without a problem' as detail
      from reconciliation.source_file f where f.status = 'REJECTED' and coalesce(f.problem, '') = ''
      union all
      select r.merchant_id || ' ' || r.file_id || ' ' || r.line_number, lower(r.disposition) || ' without a problem'
      from reconciliation.source_record r where r.problem = '' or r.code = ''`,
  },
];
