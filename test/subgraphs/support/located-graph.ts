import { type Graph, openGraph, type Row, transactionRow } from "./graph.ts";
import { SUBGRAPHS } from "./settled-graph.ts";

/**
 * Two merchants that both call their shops `loc_1` and `loc_2`. Whatever is of a place carries its mark, and each place
 * takes an amount of its own, so that sums tell whose money is in them.
 */
export const PLACES = [
  { merchant: "mer_a", location: "loc_1", mark: "AONE", amount: 1n },
  { merchant: "mer_a", location: "loc_2", mark: "ATWO", amount: 20n },
  { merchant: "mer_a", location: null, mark: "ANOWHERE", amount: 300n },
  { merchant: "mer_b", location: "loc_1", mark: "BONE", amount: 4_000n },
  { merchant: "mer_b", location: "loc_2", mark: "BTWO", amount: 50_000n },
] as const;
type Place = (typeof PLACES)[number];

/** Who sees which places; `all` is limited nowhere, and `none` to no location at all. */
export const SEES: Readonly<Record<string, readonly Place["mark"][]>> = {
  all: ["AONE", "ATWO", "ANOWHERE", "BONE", "BTWO"],
  one: ["AONE"],
  pairs: ["AONE", "BTWO"],
  mixed: ["ATWO", "BONE", "BTWO"],
  none: [],
};

const LIMITS: readonly (readonly [user: string, merchant: string, locations: readonly string[]])[] = [
  ["one", "mer_a", ["loc_1"]],
  ["pairs", "mer_a", ["loc_1"]],
  ["pairs", "mer_b", ["loc_2"]],
  ["mixed", "mer_a", ["loc_2"]],
  ["none", "mer_a", []],
];

/** A card sale that was settled, a voucher of the same ticket, and what waits for a person. */
export const cardAt = ({ merchant, location, mark, amount }: Place, given: Row = {}) =>
  transactionRow("ACQUIRER", `${mark}-card`, {
    merchant_id: merchant,
    location_id: location,
    ticket: "shared",
    amount_minor: amount,
    captured_minor: amount,
    ...given,
  });
export const voucherAt = (place: Place) =>
  transactionRow("E_VOUCHER", `${place.mark}-voucher`, {
    merchant_id: place.merchant,
    location_id: place.location,
    ticket: "shared",
    amount_minor: 0n,
    captured_minor: 0n,
  });
export const terminalAt = (place: Place) =>
  transactionRow("CCV_PAY", `${place.mark}-terminal`, {
    merchant_id: place.merchant,
    location_id: place.location,
    base_status: "MANUAL_INTERVENTION",
    status: "MANUAL_INTERVENTION",
    amount_minor: place.amount,
  });

export async function openLocatedGraph(name: string): Promise<Graph> {
  const both = { mer_a: "administrator", mer_b: "administrator" } as const;
  const graph = await openGraph(name, SUBGRAPHS, {
    all: both,
    one: { mer_a: "administrator" },
    pairs: both,
    mixed: both,
    none: { mer_a: "administrator" },
  });
  for (const [user, merchant, locations] of LIMITS) {
    const limit = "update accounts.membership set locations = $3 where user_id = $1 and merchant_id = $2";
    await graph.sql(limit, [user, merchant, locations]);
  }
  for (const place of PLACES) await addPlace(graph, place);
  return graph;
}

async function addPlace({ insert }: Graph, place: Place): Promise<void> {
  const { merchant, location, mark, amount } = place;
  const own = { merchant_id: merchant };
  if (location !== null) {
    const shop = { ...own, id: location, name: `${mark} shop`, country: "BE", zone: "Europe/Brussels" };
    await insert("accounts.location", shop);
    const terminal = { ...own, id: `ter_${mark}`, tid: `${mark}-tid`, location_id: location };
    await insert("accounts.terminal", { ...terminal, valid_from: "2026-01-01T00:00:00Z" });
  }
  const [card, voucher, terminal] = [cardAt(place), voucherAt(place), terminalAt(place)];
  for (const row of [card, voucher, terminal]) await insert("transactions.transaction", row);
  await insert("transactions.provider_seen", {
    ...own,
    provider: `${mark}-psp`,
    location_id: location ?? "",
    family: "ACQUIRER",
    first_at: "2026-01-05T08:00:00Z",
    last_at: `2026-01-0${1 + PLACES.indexOf(place)}T08:00:00Z`,
  });
  await insert("accounts.provider_account", { ...own, provider: `WIDE-${mark}`, account: `WIDE-${mark}` });
  await insert("ccv_pay.detail", { ...own, transaction_id: terminal.id, method: `${mark}-method` });
  await insert("acquirers.detail", {
    ...own,
    transaction_id: card.id,
    acquirer: "adyen",
    merchant_account: `${mark}-account`,
  });
  const voucherDetail = { issuer: "EDENRED", purse: "MEAL", requested_minor: 0n, masked_pan: `${mark}-pan` };
  await insert("e_vouchers.detail", { ...own, transaction_id: voucher.id, ...voucherDetail });
  await insert("transactions.transaction_event", {
    ...own,
    transaction_id: card.id,
    id: `evt_${mark}`,
    kind: "SALE",
    source: "FILE",
    occurred_at: "2026-01-05T08:00:00Z",
    reason: `${mark}-event`,
    content_hash: mark,
  });
  await addSettlement(insert, place, amount);
}

async function addSettlement(insert: Graph["insert"], place: Place, amount: bigint): Promise<void> {
  const own = { merchant_id: place.merchant };
  const id = place.mark;
  await insert("reconciliation.source_file", {
    ...own,
    id: `fil_${id}`,
    sha256: id.padEnd(64, "0"),
    name: `WIDE-${id}.csv`,
    size_bytes: 10n,
    origin: "CLI",
    received_by: "all",
  });
  await insert("reconciliation.file_account", {
    ...own,
    file_id: `fil_${id}`,
    provider: `${id}-psp`,
    account: `WIDE-${id}`,
    adapter: `WIDE-${id}`,
    received_at: "2026-02-01T08:00:00Z",
    first_date: "2026-01-31",
    last_date: "2026-01-31",
  });
  const booked = { ...own, provider: "adyen", account: "WIDE", booking_date: "2026-01-06", payout_id: `pay_${id}` };
  const money = { currency: "EUR", gross_minor: amount, fee_minor: 0n, net_minor: amount };
  const batch = { ...booked, ...money, id: `bat_${id}`, batch: `WIDE-${id}`, line_count: 1n };
  await insert("reconciliation.settlement_batch", batch);
  const payout = { provider: "adyen", account: "WIDE", reference: `WIDE-${id}`, currency: "EUR", amount_minor: amount };
  const read = { file_id: `fil_${id}`, line_number: 9n };
  await insert("reconciliation.payout", { ...own, ...payout, ...read, id: `pay_${id}`, has_own_line: true });
  await insert("reconciliation.settlement_line", {
    ...booked,
    ...money,
    ...read,
    id: `lin_${id}`,
    content_hash: id,
    family: "ACQUIRER",
    kind: "SALE",
    batch_id: `bat_${id}`,
    occurred_at: "2026-01-05T08:00:00Z",
    business_date: "2026-01-05",
    payment_type: "CARD",
    payment_method: "visa",
    entry_mode: "CHIP",
    raw_status: "Settled",
  });
  const transaction_id = cardAt(place).id;
  await insert("reconciliation.claim", {
    ...own,
    id: `mat_${id}`,
    line_id: `lin_${id}`,
    transaction_id,
    effect: "SALE",
    run_id: "run_x",
    stage: "psp-reference",
    method: "AUTO",
    rule_set_hash: "h",
  });
  const found = { ...own, type: "FEE_VARIANCE", provider: "adyen", line_id: `lin_${id}`, currency: "EUR", run_id: "r" };
  const at = { amount_at_risk_minor: amount, transaction_id, explanation: `${id}-finding` };
  await insert("reconciliation.discrepancy", { ...found, ...at, id: `dis_${id}` });
  const wide = { amount_at_risk_minor: 600_000n, transaction_id: null, explanation: `WIDE-${id}-finding` };
  await insert("reconciliation.discrepancy", { ...found, ...wide, id: `dis_WIDE_${id}` });
}
