import { Field } from "type-graphql";
import type { Money } from "../../shared/money.ts";
import { BigIntScalar, CurrencyScalar } from "../../shared/scalars.ts";
import { MoneyType, moneyOrNull } from "../../shared/subgraph/money-type.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { type Figure, figuresOf } from "../totals.ts";

@Output(
  "AnalysisFigures",
  "Figures of one currency over a stretch of time. Amounts are what `Totals` says of them; where nothing was sold they are zero.",
)
export class AnalysisFigures {
  @Field(() => CurrencyScalar, { description: "The currency of all amounts here." })
  currency!: string;

  @Field(() => BigIntScalar, { description: "How many transactions, whatever their type and status." })
  count!: bigint;

  @Field(() => BigIntScalar, { description: "How many sales were paid." })
  sales!: bigint;

  @Field(() => MoneyType, { description: "Turnover: captured amounts of sales that were paid." })
  gross!: Money;

  @Field(() => MoneyType, {
    nullable: true,
    description: "Turnover by paid sale, to the nearest minor unit, half of one up; null without a sale.",
  })
  average!: Money | null;

  @Field(() => BigIntScalar, { description: "How many refunds succeeded." })
  refunds!: bigint;

  @Field(() => MoneyType, { description: "Successful refunds, positive." })
  refunded!: Money;

  @Field(() => BigIntScalar, { description: "How many chargebacks there were; reversals are not taken off." })
  chargebacks!: bigint;

  @Field(() => MoneyType, { description: "Chargebacks less their reversals." })
  chargedBack!: Money;

  @Field(() => BigIntScalar, { description: "How many sales were refused by the acquirer or the issuer." })
  refusals!: bigint;

  @Field(() => MoneyType, { description: "What the refused sales would have brought." })
  refused!: Money;

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

  @Field(() => MoneyType, { description: "Turnover that is settled in its own currency: what the rate is of." })
  settledGross!: Money;

  @Field(() => String, {
    nullable: true,
    description:
      'What the fees of sales settled in their own currency are of their turnover, in basis points with two decimals: `"125.50"` is 1.255 %. Rounded half up; null while nothing is settled.',
  })
  effectiveRate!: string | null;

  @Field(() => BigIntScalar, { description: "How many transactions have their status from a person." })
  manualCount!: bigint;

  @Field(() => MoneyType, { description: "Turnover that a person decided to be paid." })
  manualGross!: Money;
}

type Own = "sales" | "refunds" | "disputes" | "refusals" | "refused" | "rated" | "rated_fees" | "manual";

/** One row of sums by currency and currency of settlement; sums are decimal text. */
export type FigureRow = { readonly currency: string; readonly settled_currency: string | null } & {
  readonly [F in Figure | Own | "count"]: string;
};

const PAID_SALE = "f.type = 'SALE' and f.base_status = 'SUCCESS'";
const RATED = `${PAID_SALE} and f.settled_currency = f.currency`;
const REFUSED = "f.type = 'SALE' and f.base_status = 'REFUSED'";

/** SQL of the sums of facts `f`, in which a row may stand for several transactions. */
export const FIGURES = `sum(f.count)::text as count, ${figuresOf("f")},
  ${total("f.count", PAID_SALE)} as sales,
  ${total("f.count", "f.type = 'REFUND' and f.base_status = 'SUCCESS'")} as refunds,
  ${total("f.count", "f.type = 'CHARGEBACK' and f.base_status = 'SUCCESS'")} as disputes,
  ${total("f.count", REFUSED)} as refusals,
  ${total("f.amount_minor", REFUSED)} as refused,
  ${total("f.captured_minor", RATED)} as rated,
  ${total("f.settled_fee_minor", RATED)} as rated_fees,
  ${total("f.count", "f.status_origin = 'MANUAL'")} as manual`;

function total(column: string, condition: string): string {
  return `coalesce(sum(${column}) filter (where ${condition}), 0)::text`;
}

/** Of the rows given, those of a currency. Fees and net belong to the currency of the settlement, which need not be the shopper's. */
export function figuresIn(currency: string, rows: readonly FigureRow[]): AnalysisFigures {
  const own = rows.filter((row) => row.currency === currency);
  const settled = rows.filter((row) => row.settled_currency === currency);
  const sum = (name: keyof FigureRow, of = own) => of.reduce((total, row) => total + BigInt(row[name] ?? 0), 0n);
  const money = (name: keyof FigureRow): Money => ({ amountMinor: sum(name), currency });
  const [sales, gross, rated] = [sum("sales"), sum("gross"), sum("rated")];
  return {
    currency,
    count: sum("count"),
    sales,
    gross: { amountMinor: gross, currency },
    average: moneyOrNull(sales === 0n ? null : (2n * gross + sales) / (2n * sales), currency),
    refunds: sum("refunds"),
    refunded: money("refunded"),
    chargebacks: sum("disputes"),
    chargedBack: { amountMinor: sum("chargebacks") - sum("reversals"), currency },
    refusals: sum("refusals"),
    refused: money("refused"),
    pending: money("pending"),
    fees: moneyOrNull(settled.length === 0 ? null : sum("fees", settled), currency),
    net: moneyOrNull(settled.length === 0 ? null : sum("net", settled), currency),
    settledGross: { amountMinor: rated, currency },
    effectiveRate: rated === 0n ? null : basisPoints(-sum("rated_fees"), rated),
    manualCount: sum("manual"),
    manualGross: money("manual_gross"),
  };
}

/** A share in basis points with two decimals, rounded half up. */
function basisPoints(part: bigint, whole: bigint): string {
  const size = part < 0n ? -part : part;
  const hundredths = (2_000_000n * size + whole) / (2n * whole);
  const digits = String(hundredths).padStart(3, "0");
  return `${part < 0n && hundredths > 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
