import { inAnyFamily } from "../../shared/database/in-any-family.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { VISIBLE_BY_ID } from "../../shared/subgraph/visible-transactions.ts";

/** The one merchant of these to which all the lines and transactions belong; null where there is none, or more than one. */
export async function findMerchant(
  context: RequestContext,
  merchants: readonly string[],
  { lineIds, transactionIds }: { readonly lineIds: readonly string[]; readonly transactionIds: readonly string[] },
): Promise<string | null> {
  const hidden = context.merchantsWith("manual-interventions:view");
  const rows = await context.query<{ merchant_id: string; id: string }>(FIND, [
    merchants,
    hidden,
    null,
    lineIds,
    transactionIds,
  ]);
  const [first] = rows;
  const wanted = [...lineIds, ...transactionIds];
  const isOne = rows.length === wanted.length && rows.every(({ merchant_id }) => merchant_id === first?.merchant_id);
  return isOne && first ? first.merchant_id : null;
}

const FIND = `
  select l.merchant_id, l.id from reconciliation.settlement_line l
  where l.merchant_id = any($1::text[]) and l.id = any($4::text[])
  union all
  select t.merchant_id, t.id from transactions.transaction t
  where ${VISIBLE_BY_ID} and ${inAnyFamily("t")} and t.id = any($5::text[])`;
