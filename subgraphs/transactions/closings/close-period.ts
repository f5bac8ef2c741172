import { createHash } from "node:crypto";
import { canonicalJson } from "../../shared/canonical-json.ts";
import type { Transaction } from "../../shared/database/scope.ts";
import { Denied } from "../../shared/identity/denied.ts";
import { PREFIXES, stableId } from "../../shared/ids.ts";
import { checkedKey, type IdempotencyConflict } from "../../shared/subgraph/idempotency-conflict.ts";
import type { NotFound } from "../../shared/subgraph/refusals.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { coverageOf } from "../coverage/coverage-of.ts";
import type { Coverage } from "../coverage/coverage-type.ts";
import { auditExport } from "../exports/order-export.ts";
import { type ClosePeriodInput, ClosingRefused } from "./close-period-input.ts";
import { COUNT_LATE, COUNT_OWN, ITEMS_DIGEST, type LateItem } from "./closing-items.ts";
import { CLOSING_ROW, type ClosingRow, closingOf } from "./closing-row.ts";
import { type KeptSums, SUMS_OF_ITEMS } from "./closing-sums.ts";
import type { Closing } from "./closing-type.ts";
import { type Place, placeOf } from "./place.ts";
import { type Last, type Span, spanOf } from "./span.ts";
import { writePdf } from "./write-pdf.ts";

export type ClosePeriodOutcome = Closing | ClosingRefused | NotFound | IdempotencyConflict;

/**
 * Closes a period of a place: counts what is there of it now, and what of earlier closings of its chain has changed since.
 * Two who close at once take turns, and the second finds the first's closing. All of it, the document and the audit are
 * one transaction.
 */
export async function closePeriod(context: RequestContext, input: ClosePeriodInput): Promise<ClosePeriodOutcome> {
  const { merchantId, kind } = input;
  const reach = context.reach("closings:close");
  const deny = () => new Denied("closings:close", { merchantId, action: "period.close", objectId: "-" });
  if (!reach.merchants.includes(merchantId)) throw deny();
  const key = checkedKey(input.idempotencyKey);
  return context.run(async (transaction) => {
    const place = await placeOf(transaction, input);
    if (!place) return NOT_FOUND;
    const limits = reach.limits[merchantId];
    if (limits && (place.locationId === null || !limits.includes(place.locationId))) return NOT_FOUND;
    const chain = [kind, place.terminalId ?? place.locationId ?? merchantId].join(" ");
    await transaction.query("select pg_advisory_xact_lock(hashtextextended($1, 4212))", [merchantId]);
    const id = stableId(PREFIXES.closing, merchantId, key);
    const inputHash = sha256(canonicalJson(JSON.parse(JSON.stringify(input))));
    const [known] = await transaction.query<ClosingRow & { input_hash: string }>(KNOWN, [merchantId, id]);
    if (known) return known.input_hash === inputHash ? closingOf(known) : CONFLICT;
    const [last] = await transaction.query<Last>(LAST, [merchantId, chain]);
    const span = spanOf({ kind, from: input.from, to: input.to, zone: place.zone, last });
    if ("reason" in span) return span;
    const filter = {
      merchants: [merchantId],
      ...(place.locationId !== null && { locations: [place.locationId] }),
      ...(place.terminalId !== null && { terminals: [place.terminalId] }),
    };
    const coverage = await coverageOf({ query: transaction.query }, context.reach("closings:view"), filter, span);
    const act = { id, merchantId, chain, kind, place, last, span, coverage, key, inputHash };
    return addClosing(transaction, act, context.identity);
  });
}

type Act = {
  readonly id: string;
  readonly merchantId: string;
  readonly chain: string;
  readonly kind: string;
  readonly place: Place;
  readonly last: Last | undefined;
  readonly span: Span;
  readonly coverage: readonly Coverage[];
  readonly key: string;
  readonly inputHash: string;
};

async function addClosing(
  transaction: Transaction,
  act: Act,
  { userId, name }: { readonly userId: string; readonly name: string },
): Promise<Closing> {
  const { id, merchantId, chain, kind, place, last, span, coverage, key, inputHash } = act;
  const number = (last?.number ?? 0) + 1;
  const counted = [merchantId, id, chain, place.onlyLocation, place.terminalId, number];
  await transaction.query(COUNT_OWN, [...counted, span.from, span.to, place.locationId]);
  if (last) await transaction.query(COUNT_LATE, [...counted, span.from, last.first_begins_at, place.locationId]);
  const sums = await transaction.query<KeptSums>(SUMS_OF_ITEMS, [merchantId, id]);
  const [items] = await transaction.query<{ items: string; digest: string }>(ITEMS_DIGEST, [merchantId, id]);
  const [now] = await transaction.query<{ at: Date }>("select clock_timestamp()::timestamptz(3) as at");
  const said = {
    id,
    merchantId,
    chain,
    number,
    previousId: last?.id ?? null,
    kind,
    locationId: place.locationId,
    terminalId: place.terminalId,
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    zone: place.zone,
    sums: sums.filter(({ way }) => way === "OWN"),
    adjusted: sums.filter(({ way }) => way !== "OWN"),
    coverage: JSON.parse(JSON.stringify(coverage)),
    closedBy: userId,
    closedName: name,
    closedAt: now?.at.toISOString(),
  };
  const hash = sha256(canonicalJson({ ...said, ...items, previousHash: last?.hash ?? null }));
  const late = await transaction.query<LateItem>(LATE_ITEMS, [merchantId, id]);
  const pdf = await writePdf({ ...said, closedAt: now?.at ?? new Date(), hash, place, coverage, span, late });
  const pdfHash = createHash("sha256").update(pdf).digest("hex");
  const [row] = await transaction.query<ClosingRow>(ADD, [
    merchantId,
    id,
    chain,
    number,
    said.previousId,
    kind,
    place.locationId,
    place.terminalId,
    span.from,
    span.to,
    place.zone,
    JSON.stringify(said.sums),
    JSON.stringify(said.adjusted),
    JSON.stringify(coverage),
    userId,
    name,
    now?.at,
    hash,
    pdfHash,
    key,
    inputHash,
  ]);
  if (!row) throw new Error(`closing ${id} is not there after it was added`);
  await transaction.query(
    "insert into transactions.closing_document (merchant_id, closing_id, location_id, pdf) values ($1, $2, $3, $4)",
    [merchantId, id, place.locationId, pdf],
  );
  const detail = { kind, place: chain, from: said.from, to: said.to, hash, number };
  await auditExport(transaction, {
    merchants: [merchantId],
    actorId: userId,
    action: "period.close",
    objectId: id,
    detail,
  });
  return closingOf(row);
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const NOT_FOUND = {
  __typename: "NotFound",
  message: "The merchant has no such location or terminal that you may close: check the ids.",
} as const;

const CONFLICT = {
  __typename: "IdempotencyConflict",
  message: "The idempotency key was used for another closing: send a new key.",
  runId: null,
} as const;

const KNOWN = `select ${CLOSING_ROW}, t.input_hash from transactions.closing t where t.merchant_id = $1 and t.id = $2`;

const LAST = `
  select t.id, t.number, t.ends_at, t.hash, first.begins_at as first_begins_at
  from transactions.closing t
  join transactions.closing first on first.merchant_id = t.merchant_id and first.chain = t.chain and first.number = 1
  where t.merchant_id = $1 and t.chain = $2 order by t.number desc limit 1`;

/** As many as a page of the document has room for; the closing itself has all of them. */
const LATE_ITEMS = `
  select i.way, i.transaction_number, i.occurred_at, i.status, i.before ->> 'status' as before_status, i.currency, i.amount_minor
  from transactions.closing_item i where i.merchant_id = $1 and i.closing_id = $2 and i.way <> 'OWN'
  order by i.occurred_at desc, i.id limit 200`;

const ADD = `
  insert into transactions.closing as t (merchant_id, id, chain, number, previous_id, kind, location_id, terminal_id,
    begins_at, ends_at, zone, sums, adjusted, coverage, closed_by, closed_name, closed_at, hash, pdf_sha256,
    idempotency_key, input_hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
  returning ${CLOSING_ROW}`;
