import { AppError } from "../../subgraphs/shared/errors.ts";
import type { Reading, SettlementAdapter } from "../adapter.ts";
import { paymentOf, payoutOf, refundOf } from "../bancontact-pro/events.ts";
import { LISTS, type Payment } from "../bancontact-pro/records.ts";
import { Totals } from "../bancontact-pro/totals.ts";
import { readingsOf } from "../readers/closed-list.ts";
import type { JsonRecord } from "../readers/json.ts";
import { readPage } from "../readers/json-page.ts";

/**
 * Bancontact Pro's reconciliation as its API returns it: a page of payouts, of payments or of refunds, in whole cents
 * and UTC; or one document with several of these lists, payouts first, which is checked against itself. Only settled
 * payments appear. A payment names its payout and not the merchant: its account is the merchant of a payout read before
 * it in the same document, else its payment profile, which then has to be mapped as an account of its own.
 */
export const adapter: SettlementAdapter = { name: "bancontact-pro", provider: "bancontact-pro", accepts, read };

function accepts(head: string): boolean {
  if (!/^(?:\u00ef\u00bb\u00bf)?\s*\{/.test(head)) return false;
  const list = /"(payouts|payments|refunds)"\s*:\s*\[\s*\{/.exec(head)?.[1];
  return list !== undefined && head.includes('"payoutId"') && /"(?:payoutAmount|transactionDate)"/.test(head);
}

async function* read(file: AsyncIterable<Buffer>): AsyncGenerator<readonly Reading[]> {
  const page = new Page();
  for await (const chunk of readPage(file, Object.keys(LISTS))) {
    if ("records" in chunk) {
      yield chunk.records.flatMap((record) => page.readingsOf(chunk.list, record));
      continue;
    }
    if (page.isEmpty)
      throw new AppError("FILE_REJECTED", "the document has no payout, payment or refund; fetch it again");
    yield page.totals.of(chunk.envelope, chunk.lists);
  }
}

class Page {
  readonly totals = new Totals();
  readonly #merchants = new Map<string, string>();
  isEmpty = true;

  readingsOf(list: string, { line, raw, value }: JsonRecord): readonly Reading[] {
    this.isEmpty = false;
    this.totals.count(list, 1);
    return readingsOf({ line, raw: withoutFreeText(raw) }, () => {
      if (list === "payouts") {
        const payout = LISTS.payouts.parse(value);
        this.totals.declare(payout);
        this.#merchants.set(payout.payoutId, payout.merchantId);
        return payoutOf(payout);
      }
      if (list === "payments") {
        const payment = LISTS.payments.parse(value);
        this.totals.add("payments", payment);
        return paymentOf(payment, this.#accountOf(payment));
      }
      const refund = LISTS.refunds.parse(value);
      this.totals.add("refunds", refund);
      return refundOf(refund, this.#accountOf(refund));
    });
  }

  #accountOf({ payoutId, paymentProfileId }: Payment): string | undefined {
    return this.#merchants.get(payoutId) ?? paymentProfileId ?? undefined;
  }
}

function withoutFreeText(raw: string): string {
  return raw.replaceAll(/("description"\s*:\s*)"[^"\\]*(?:\\.[^"\\]*)*"/g, '$1""');
}
