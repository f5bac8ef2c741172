import type { Outcome, ProviderEvent } from "../../subgraphs/shared/event.ts";
import { currencyOf, parseMinor } from "../../subgraphs/shared/money.ts";
import { zonedInstant } from "../../subgraphs/shared/time.ts";
import type { EntryMode } from "../../subgraphs/shared/vocabulary.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { instrumentOf } from "../multisafepay/payment.ts";
import { Receipt } from "../multisafepay/receipt.ts";
import { refusalOf } from "../multisafepay/response.ts";
import { readingsOf } from "../readers/closed-list.ts";
import { readPage } from "../readers/json-page.ts";

/**
 * The receipt of a payment at one of MultiSafepay's terminals, as its API returns it: whole cents, local time of
 * Amsterdam. It reports what became of the payment and books nothing. A payment that never completed was refused where
 * the issuer says why, and is open to doubt where it does not.
 */
export const adapter: SettlementAdapter = { name: "multisafepay-receipts", provider: "multisafepay", accepts, read };

function accepts(head: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?\s*\{/.test(head) && KEYS.every((key) => head.includes(key));
}

const KEYS = ['"order"', '"transaction_id"', '"payment"', '"printed_on"'];

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  for await (const chunk of readPage(file, [])) {
    if ("envelope" in chunk) continue;
    yield chunk.records.flatMap(({ line, raw, value }) =>
      readingsOf({ line, raw: withoutMerchant(raw) }, () => eventOf(Receipt.parse(value).data)),
    );
  }
}

function eventOf({ order, payment, printed_on: printedOn }: Receipt["data"]): ProviderEvent {
  const outcome = outcomeOf(order.completed ?? "", payment.response_code ?? "");
  return {
    kind: "SALE",
    provider: "multisafepay",
    terminal: payment.terminal_id,
    identity: `receipt|${order.transaction_id}|${outcome.status}`,
    reference: order.transaction_id,
    occurredAt: zonedInstant(order.completed || printedOn || "", "Europe/Amsterdam"),
    amount: parseMinor(order.amount, currencyOf(order.currency)),
    outcome,
    ...instrumentOf(payment.payment_method, factsOf(payment)),
    rawStatus: `receipt ${payment.response_code ?? "without response"}`,
  };
}

function outcomeOf(completed: string, responseCode: string): Outcome {
  const refusal = responseCode === "" ? undefined : refusalOf(responseCode);
  if (refusal && completed === "") return refusal;
  if (!refusal && completed !== "" && responseCode !== "") return { status: "SUCCESS", certainty: "DEFINITIVE" };
  return { status: "MANUAL_INTERVENTION", certainty: "INDETERMINATE", reason: "receipt_contradicts_itself" };
}

function factsOf(payment: Receipt["data"]["payment"]) {
  const bin = payment.issuer_bin ?? "";
  const last4 = payment.last4 ?? "";
  const isPan = /^\d{6,8}$/.test(bin) && /^\d{4}$/.test(last4);
  return {
    entryMode: ENTRY_MODES[payment.card_entry_mode ?? ""] ?? ("UNKNOWN" as const),
    ...(isPan && { last4, maskedPan: `${bin.slice(0, 6)}XXXXXX${last4}` }),
    ...(payment.authorization_code && { authorisationCode: payment.authorization_code }),
    ...(payment.response_code && { responseCode: payment.response_code }),
  };
}

const ENTRY_MODES: Readonly<Record<string, EntryMode>> = {
  ICC: "CHIP",
  ICC_CONTACTLESS: "CONTACTLESS",
  MAGSTRIPE: "MAGSTRIPE",
  MANUAL: "MANUAL_KEYED",
};

/** The seller's employee and address stand in it. */
function withoutMerchant(raw: string): string {
  return raw.replaceAll(/("(?:name|address)"\s*:\s*)"[^"\\]*(?:\\.[^"\\]*)*"/g, '$1""');
}
