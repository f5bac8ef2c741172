import { Field } from "type-graphql";
import type { Money } from "../shared/money.ts";
import { BigIntScalar, CurrencyScalar } from "../shared/scalars.ts";
import { MoneyType, moneyOrNull } from "../shared/subgraph/money-type.ts";
import { Output } from "../shared/subgraph/output.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import type { TransactionList } from "./list-conditions.ts";

/**
 * Figures of one currency over every row of a filter. A refunded sale stays in `gross`, and its refund is a row of its
 * own in `refunded`: each cent is counted once, as what it is.
 */
@Output("Totals", "Sums of one currency over everything the filter finds, not only the page.")
export class Totals {
  @Field(() => CurrencyScalar, { description: "The currency of all amounts here." })
  currency!: string;

  @Field(() => BigIntScalar, { description: "How many transactions, whatever their type and status." })
  count!: bigint;

  @Field(() => MoneyType, { description: "Turnover: captured amounts of sales that were paid." })
  gross!: Money;

  @Field(() => BigIntScalar, { description: "How many of `count` have a status that a person decided." })
  manualCount!: bigint;

  @Field(() => MoneyType, { description: "How much of `gross` was paid only by a person's word." })
  manualGross!: Money;

  @Field(() => MoneyType, { description: "Successful refunds, positive." })
  refunded!: Money;

  @Field(() => MoneyType, { description: "Chargebacks less their reversals; negative when more came back than went." })
  chargedBack!: Money;

  @Field(() => MoneyType, { description: "Money paid to shoppers without a sale, positive." })
  credited!: Money;

  @Field(() => MoneyType, { description: "Amounts of sales that nothing has decided yet." })
  pending!: Money;

  @Field(() => MoneyType, {
    nullable: true,
    description: "Fees booked on settlements in this currency, negative; null while nothing is settled in it.",
  })
  fees!: Money | null;

  @Field(() => MoneyType, {
    nullable: true,
    description: "Gross less fees of what is settled in this currency; null while nothing is.",
  })
  net!: Money | null;
}

/** The count of all rows and the totals by currency; one scan for both. */
export type Sums = { readonly count: bigint; readonly totals: readonly Totals[] };

export async function sumsOf(context: Pick<RequestContext, "query">, { from, where }: TransactionList): Promise<Sums> {
  const text = `select ${SUMS} from ${from}
    where t.merchant_id = any($1::text[]) and ${where.text()} group by t.currency, t.settled_currency`;
  const rows = await context.query<SumRow>(text, where.values());
  const currencies = new Set(rows.flatMap((row) => [row.currency, row.settled_currency ?? row.currency]));
  return {
    count: rows.reduce((sum, row) => sum + row.count, 0n),
    totals: [...currencies].sort().map((currency) => totalsOf(currency, rows)),
  };
}

/** What each figure is, in SQL, of rows `f` with a transaction's columns; `sum` of bigint is numeric, so the text is read back. */
export const figuresOf = (f: string) => `
  ${sum(`${f}.captured_minor`, `${paid(f, "SALE")} and ${f}.status_origin = 'MANUAL'`)} as manual_gross,
  ${sum(`${f}.captured_minor`, paid(f, "SALE"))} as gross,
  ${sum(`${f}.amount_minor`, paid(f, "REFUND"))} as refunded,
  ${sum(`${f}.amount_minor`, paid(f, "CHARGEBACK"))} as chargebacks,
  ${sum(`${f}.amount_minor`, paid(f, "CHARGEBACK_REVERSAL"))} as reversals,
  ${sum(`${f}.amount_minor`, paid(f, "CREDIT"))} as credited,
  ${sum(`${f}.amount_minor`, `${f}.type = 'SALE' and ${f}.base_status = 'PROCESSING'`)} as pending,
  ${sum(`${f}.settled_fee_minor`, "true")} as fees,
  ${sum(`${f}.settled_net_minor`, "true")} as net`;

const paid = (f: string, type: string) => `${f}.type = '${type}' and ${f}.base_status = 'SUCCESS'`;

const SUMS = `t.currency, t.settled_currency, count(*) as count,
  count(*) filter (where t.status_origin = 'MANUAL') as manual_count, ${figuresOf("t")}`;

function sum(column: string, condition: string): string {
  return `coalesce(sum(${column}) filter (where ${condition}), 0)::text`;
}

export type Figure =
  | "gross"
  | "manual_gross"
  | "refunded"
  | "chargebacks"
  | "reversals"
  | "credited"
  | "pending"
  | "fees"
  | "net";
type SumRow = {
  readonly currency: string;
  readonly settled_currency: string | null;
  readonly count: bigint;
  readonly manual_count: bigint;
} & {
  readonly [F in Figure]: string;
};

/** Fees and net belong to the currency of the settlement, which need not be the shopper's. */
function totalsOf(currency: string, rows: readonly SumRow[]): Totals {
  const own = rows.filter((row) => row.currency === currency);
  const settled = rows.filter((row) => row.settled_currency === currency);
  const figure = (name: Figure, of = own): Money => ({ amountMinor: added(of, name), currency });
  return {
    currency,
    count: own.reduce((total, row) => total + row.count, 0n),
    gross: figure("gross"),
    manualCount: own.reduce((total, row) => total + row.manual_count, 0n),
    manualGross: figure("manual_gross"),
    refunded: figure("refunded"),
    chargedBack: { amountMinor: added(own, "chargebacks") - added(own, "reversals"), currency },
    credited: figure("credited"),
    pending: figure("pending"),
    fees: moneyOrNull(settled.length === 0 ? null : added(settled, "fees"), currency),
    net: moneyOrNull(settled.length === 0 ? null : added(settled, "net"), currency),
  };
}

function added(rows: readonly SumRow[], name: Figure): bigint {
  return rows.reduce((total, row) => total + BigInt(row[name]), 0n);
}
