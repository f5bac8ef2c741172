import { auditHash, FIRST_HASH, type RecordedEntry } from "../audit-hash.ts";
import { maskCards } from "../card-detector.ts";
import type { Invariant, Reader, Violation } from "./invariant.ts";

/** What a person did, whose act it was, and what the audit calls the thing that it was done to. */
const ACTS: readonly (readonly [what: string, rows: string])[] = [
  ["a decision", "select merchant_id, object_id, actor_id from reconciliation.decision"],
  ["a match", "select merchant_id, id, actor_id from reconciliation.match"],
  ["an answer", "select merchant_id, id, decided_by from reconciliation.match where decided_by is not null"],
  ["a rejected pair", "select merchant_id, id, actor_id from reconciliation.rejected_pair"],
  ["a lifted pair", "select merchant_id, id, lifted_by from reconciliation.rejected_pair where lifted_at is not null"],
  ["a claim", "select merchant_id, match_id, actor_id from reconciliation.claim where actor_id is not null"],
  ["a released claim", "select merchant_id, id, released_by from reconciliation.claim where released_by is not null"],
  ["a comment", "select merchant_id, discrepancy_id, author_id from reconciliation.discrepancy_comment"],
  ["a resolution", "select merchant_id, id, resolved_by from reconciliation.discrepancy where resolved_by is not null"],
];

export const EVIDENCE: readonly Invariant[] = [
  {
    name: "I33",
    severity: "P0",
    sentence: "Whatever a person decided about matches and discrepancies stands in the audit, by that person's name.",
    sql: ACTS.map(
      ([what, rows]) => `
        select a.merchant_id || ' ' || a.object_id as key, '${what} of ' || a.actor_id || ' is not in the audit' as detail
        from (${rows}) a (merchant_id, object_id, actor_id)
        where not exists (
          select from delivery.audit_entry e
          where e.merchant_id = a.merchant_id and e.actor_id = a.actor_id
            and (e.object_id = a.object_id or e.detail -> 'objects' ? a.object_id))`,
    ).join(" union all "),
  },
  {
    name: "I34",
    severity: "P0",
    sentence: "Each merchant's audit is one unbroken chain of entries that nobody changed.",
    find: brokenLinks,
  },
  {
    name: "I35",
    severity: "P0",
    sentence: "No text holds a card number.",
    find: cardNumbers,
  },
  {
    name: "I36",
    severity: "P1",
    sentence: "Nothing was recorded later than now, and nothing happened more than two days from now.",
    sql: `
      ${[
        ["transactions.transaction", "recorded_at", "5 minutes"],
        ["transactions.transaction", "occurred_at", "2 days"],
        ["transactions.transaction_event", "recorded_at", "5 minutes"],
        ["transactions.transaction_event", "occurred_at", "2 days"],
        ["reconciliation.source_file", "received_at", "5 minutes"],
        ["reconciliation.claim", "made_at", "5 minutes"],
        ["reconciliation.run", "requested_at", "5 minutes"],
        ["delivery.audit_entry", "at", "5 minutes"],
      ]
        .map(
          ([table, column, ahead]) => `
            select '${table} ' || merchant_id || ' ' || id as key, '${column} is ' || ${column} as detail
            from ${table} where ${column} > clock_timestamp() + interval '${ahead}'`,
        )
        .join(" union all ")}`,
  },
];

type AuditRow = RecordedEntry & { readonly hash: string };

const CHUNK = 5_000;

const ENTRIES = `
  select merchant_id as "merchantId", position, id, at, actor_id as "actorId", action, object_id as "objectId", outcome,
    detail::text as detail, request_id as "requestId", address, recipe, previous_hash as "previousHash", hash
  from delivery.audit_entry where (merchant_id, position) > ($1, $2::bigint)
  order by merchant_id, position limit ${CHUNK}`;

/** A chunk is held at a time, however long the audit is. */
async function* brokenLinks(client: Reader): AsyncGenerator<Violation> {
  let last: AuditRow | undefined;
  for (;;) {
    const { rows } = await client.query<AuditRow>(ENTRIES, [last?.merchantId ?? "", last?.position ?? 0n]);
    for (const row of rows) {
      const before: AuditRow | undefined = last?.merchantId === row.merchantId ? last : undefined;
      const fault = faultOf(row, before);
      if (fault) yield { key: `${row.merchantId} ${row.position}`, detail: fault };
      last = row;
    }
    if (rows.length < CHUNK) return;
  }
}

function faultOf(row: AuditRow, before: AuditRow | undefined): string | undefined {
  if (row.position !== (before?.position ?? 0n) + 1n) return `follows ${before?.position ?? 0n}; an entry is missing`;
  if (row.previousHash !== (before?.hash ?? FIRST_HASH)) return "does not continue the entry before it";
  return auditHash(row) === row.hash ? undefined : "was changed since it was written";
}

/** Columns of free text and what a row is called; ids, hashes and providers' references are not text that people write. */
const TEXTS: readonly (readonly [table: string, key: string, columns: readonly string[]])[] = [
  ["accounts.merchant", "merchant_id", ["name"]],
  ["accounts.location", "id", ["name", "city"]],
  ["accounts.support_access", "id", ["reason"]],
  ["transactions.transaction", "id", ["merchant_reference", "payment_method", "brand", "last4", "ticket"]],
  ["transactions.transaction_event", "id", ["reason", "raw_status"]],
  ["ccv_pay.detail", "transaction_id", ["masked_pan", "method", "failure_code"]],
  ["e_vouchers.detail", "transaction_id", ["masked_pan"]],
  ["acquirers.detail", "transaction_id", ["masked_pan", "acquirer"]],
  ["reconciliation.settlement_line", "id", ["merchant_reference", "masked_pan", "raw_status", "ticket"]],
  ["reconciliation.bank_entry", "id", ["remittance", "end_to_end_id", "parts::text"]],
  ["reconciliation.source_file", "id", ["name", "problem", "drift::text", "preview::text", "layout::text"]],
  ["reconciliation.source_record", "file_id", ["raw", "problem"]],
  ["reconciliation.run", "id", ["problem"]],
  ["reconciliation.rule_set", "hash", ["note"]],
  ["reconciliation.discrepancy", "id", ["explanation", "resolution_reason"]],
  ["reconciliation.discrepancy_comment", "id", ["text"]],
  ["reconciliation.match", "id", ["reason", "decision_reason"]],
  ["reconciliation.rejected_pair", "id", ["reason", "lifted_because"]],
  ["reconciliation.claim", "id", ["reason", "released_because"]],
  ["delivery.audit_entry", "id", ["object_id", "detail::text"]],
  ["delivery.webhook", "id", ["payload::text", "problem"]],
];

/** Thirteen digits with at most three other characters between them; the detector judges which of these are cards. */
const CANDIDATE = "([0-9][^0-9]{0,3}){12}[0-9]";

async function* cardNumbers(client: Reader): AsyncGenerator<Violation> {
  for (const [table, key, columns] of TEXTS) {
    const { rows } = await client.query<{ key: string; texts: readonly (string | null)[] }>(
      `select merchant_id || ' ' || ${key} as key, array[${columns.map((column) => `${column}::text`).join(", ")}] as texts
       from ${table}
       where ${columns.map((column) => `length(${column}) >= 13 and ${column} ~ '${CANDIDATE}'`).join(" or ")}`,
    );
    for (const row of rows) {
      for (const [index, column] of columns.entries()) {
        // The masked text alone may be shown: a check that reports a card number would be a leak itself.
        if (maskCards(row.texts[index] ?? "").found > 0)
          yield { key: `${table} ${row.key}`, detail: `${column} holds a card number` };
      }
    }
  }
}
