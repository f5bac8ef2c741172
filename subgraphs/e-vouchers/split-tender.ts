import { batched, groupedByKey } from "../shared/subgraph/batched.ts";
import { VISIBLE_BY_ID, visibleParameters } from "../shared/subgraph/visible-transactions.ts";
import type { Family } from "../shared/vocabulary.ts";
import type { Transaction } from "./voucher-transaction.ts";

/** The other transactions of a voucher's ticket: what the voucher did not cover was paid by card, or by another purse. */
export const splitTenderOf = batched<readonly Transaction[]>(async (context, ids) => {
  const rows = await context.query<Row>(SAME_TICKET, [...visibleParameters(context), ids], "split-tender");
  return groupedByKey(
    rows,
    (row) => row.voucher_id,
    ({ id, family }): Transaction => ({ __typename: TYPENAMES[family], id }),
  );
});

type Row = { readonly voucher_id: string; readonly id: string; readonly family: Family };

const TYPENAMES = {
  CCV_PAY: "CcvPayTransaction",
  E_VOUCHER: "VoucherTransaction",
  ACQUIRER: "AcquirerTransaction",
} as const satisfies Record<Family, string>;

const SAME_TICKET = `
  select voucher.id as voucher_id, t.id, t.family
  from e_vouchers.transaction voucher
  join transactions.transaction t
    on t.merchant_id = voucher.merchant_id and t.ticket = voucher.ticket and t.id <> voucher.id
  where ${VISIBLE_BY_ID} and voucher.merchant_id = any($1::text[]) and voucher.family = 'E_VOUCHER'
    and voucher.id = any($4::text[])
  order by t.occurred_at, t.id`;
