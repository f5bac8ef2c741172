/** Rows of the staging table that are facts we did not have. */
export const NEW_ROWS =
  "staged s join fate f on f.line_number = s.line_number and f.merchant_id = s.merchant_id and f.fate = 'NEW'";

/** Those of them that `addFresh` took, and those that have to be merged. */
export const FRESH_ROWS = `${NEW_ROWS} and f.fresh`;
export const MERGED_ROWS = `${NEW_ROWS} and not f.fresh`;

/** Facts that a later report may add where an earlier one had none. */
const FILLED = [
  "account",
  "authorised_minor",
  "brand",
  "original_reference",
  "original_id",
  "merchant_reference",
  "authorisation_code",
  "last4",
  "arn",
  "rrn",
  "stan",
  "ticket",
  "terminal_id",
  "tid",
];

/** Where the terminal was; where the account is kept, only while no report named a terminal that was somebody's. */
const LOCATION = {
  column: "location_id",
  own: "s.location_id",
  selected: `coalesce((min(array[s.terminal_id, s.location_id]) filter (where s.terminal_id is not null))[2],
        min(s.location_id))`,
  merged: `case
      when excluded.terminal_id is null and t.terminal_id is null
        then case when t.provisional then coalesce(excluded.location_id, t.location_id)
          else least(t.location_id, excluded.location_id) end
      when excluded.terminal_id is null then t.location_id
      when t.terminal_id is null or t.provisional or excluded.terminal_id <= t.terminal_id then excluded.location_id
      else t.location_id end`,
};

/**
 * Where two reports of one transaction differ, the smaller value stands: the earlier time, the first word. Any rule would
 * do that does not depend on which file came first, and this one needs no memory of where a value came from.
 */
const SMALLEST = ["occurred_at", "business_date", "payment_type", "transaction_number", "provider_reference"];

/** A provider that does not know says so, and then any other word is better. */
const UNKNOWN_WORDS = { payment_method: "unknown", entry_mode: "UNKNOWN" };

const KNOWN_BETTER = Object.entries(UNKNOWN_WORDS).map(([column, unknown]) => {
  const known = (row: string) => `nullif(${row}.${column}, '${unknown}')`;
  return {
    column,
    own: `coalesce(s.${column}, '${unknown}')`,
    selected: `coalesce(min(${known("s")}), '${unknown}')`,
    merged: `coalesce(case when t.provisional then coalesce(${known("excluded")}, ${known("t")})
      else least(${known("t")}, ${known("excluded")}) end, '${unknown}')`,
  };
});

/** Each column of a transaction: what the only row says of it, what several do, and what becomes of what was kept. */
const MERGED = [
  ...[...SMALLEST, ...FILLED].map((column) => ({
    column,
    own: `s.${column}`,
    selected: `min(s.${column})`,
    // What was only inferred from a settlement gives way to a report.
    merged: `case when t.provisional then coalesce(excluded.${column}, t.${column})
      else least(t.${column}, excluded.${column}) end`,
  })),
  {
    column: "psp_reference",
    own: "s.reference",
    selected: "min(s.reference)",
    merged: `case when t.provisional then coalesce(excluded.psp_reference, t.psp_reference)
      else least(t.psp_reference, excluded.psp_reference) end`,
  },
  ...KNOWN_BETTER,
  LOCATION,
  {
    column: "time_ambiguous",
    own: "s.time_ambiguous",
    selected: "bool_and(s.time_ambiguous)",
    merged:
      "case when t.provisional then excluded.time_ambiguous else t.time_ambiguous and excluded.time_ambiguous end",
  },
  // One amount and currency a transaction: a second report with another was a collision already.
  { column: "currency", own: "s.currency", selected: "min(s.currency)", merged: "excluded.currency" },
  {
    column: "amount_minor",
    own: "s.amount_minor",
    selected: "min(s.amount_minor)",
    merged: "excluded.amount_minor",
  },
];

const COLUMNS = `merchant_id, family, id, provider, type, base_status, status, status_rule, deciding_event, certainty,
  status_origin, captured_minor, reconciliation_state, ingest_seq, ${MERGED.map(({ column }) => column).join(", ")}`;

/** SQL of the rows to insert as COLUMNS, each made as a single row says; of several rows, `rule` is null. */
const asTold = (told: string) => `
  select merchant_id, family, transaction_id, provider, type, base, base, coalesce(rule, 7),
    case when rule is not null then 'evt_' || fact_key end,
    case when rule <= 4 then 'DEFINITIVE' else 'INDETERMINATE' end, 'AUTOMATIC',
    case when base = 'SUCCESS' then amount_minor else 0 end,
    case when base in ('PROCESSING', 'SUCCESS') then 'EXPECTED' else 'NOT_EXPECTED' end,
    (select nextval('transactions.ingest_seq')), ${MERGED.map(({ column }) => column).join(", ")}
  from (${told}) told`;

/** Makes the transactions that fresh rows tell of. */
export const ADD_TRANSACTIONS = `
  insert into transactions.transaction (${COLUMNS})
  ${asTold(`
    select s.merchant_id, s.family, s.transaction_id, s.provider, s.type, s.fact_key, s.precedence as rule,
      case when s.precedence is not null then s.outcome else 'PROCESSING' end as base,
      ${MERGED.map(({ column, own }) => `${own} as ${column}`).join(",\n      ")}
    from ${FRESH_ROWS}`)}`;

/**
 * Makes the transactions that the other new rows tell of, or adds what they say to those that are there. One that a single
 * row tells of is made as that says, so that it is mostly written once; of several rows, and of whatever else there is of
 * it, `deriveStatuses` judges.
 */
export const MERGE_TRANSACTIONS = `
  insert into transactions.transaction as t (${COLUMNS})
  ${asTold(`
    select s.merchant_id, s.family, s.transaction_id, min(s.provider) as provider, min(s.type) as type,
      min(s.fact_key) as fact_key, case when count(*) = 1 then min(s.precedence) end as rule,
      case when count(*) = 1 and min(s.precedence) is not null then min(s.outcome) else 'PROCESSING' end as base,
      ${MERGED.map(({ column, selected }) => `${selected} as ${column}`).join(",\n      ")}
    from ${MERGED_ROWS}
    where s.creates
    group by s.merchant_id, s.family, s.transaction_id`)}
  on conflict (merchant_id, family, id) do update set
    provisional = false,
    superseded_by = null,
    ${MERGED.map(({ column, merged }) => `${column} = ${merged}`).join(",\n    ")}
  where t.provisional
    or (${MERGED.map(({ column }) => `t.${column}`).join(", ")})
      is distinct from (${MERGED.map(({ merged }) => merged).join(", ")})`;

/** SQL of a detail as a staged row has it. */
function detailOf(column: string): string {
  return column.endsWith("_minor") ? `(s.details ->> '${column}')::bigint` : `s.details ->> '${column}'`;
}

/** The same for what only the family knows; `family` is SQL. */
export function addDetails(table: string, columns: readonly string[], family: string): string {
  return `
    insert into ${table} (merchant_id, transaction_id, ${columns.join(", ")})
    select s.merchant_id, s.transaction_id, ${columns.map(detailOf).join(", ")}
    from ${FRESH_ROWS}
    where s.family = ${family}`;
}

/** And for the other new rows; $1 is the family. */
export function mergeDetails(table: string, columns: readonly string[]): string {
  return `
    insert into ${table} as d (merchant_id, transaction_id, ${columns.join(", ")})
    select s.merchant_id, s.transaction_id, ${columns.map((column) => `min(${detailOf(column)})`).join(", ")}
    from ${MERGED_ROWS}
    where s.creates and s.family = $1
    group by s.merchant_id, s.transaction_id
    on conflict (merchant_id, transaction_id) do update set
      ${columns.map((column) => `${column} = least(d.${column}, excluded.${column})`).join(", ")}
    where (${columns.map((column) => `d.${column}`).join(", ")})
      is distinct from (${columns.map((column) => `least(d.${column}, excluded.${column})`).join(", ")})`;
}
