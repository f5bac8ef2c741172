import { Field } from "type-graphql";
import type { Money } from "../../shared/money.ts";
import { BigIntScalar } from "../../shared/scalars.ts";
import { batched, groupedByKey } from "../../shared/subgraph/batched.ts";
import { MoneyType } from "../../shared/subgraph/money-type.ts";
import { Output } from "../../shared/subgraph/output.ts";
import { EventKindEnum } from "../../shared/subgraph/vocabulary-enums.ts";
import type { EventKind } from "../../shared/vocabulary.ts";
import type { PayoutResidual, ResidualType } from "./payout-state.ts";

@Output("PayoutPart", "The lines of one kind that a payout is made of.")
export class PayoutPart {
  @Field(() => EventKindEnum, { description: "What they book." })
  kind!: EventKind;

  @Field(() => BigIntScalar, { description: "How many lines." })
  lineCount!: bigint;

  @Field(() => MoneyType, { description: "Sum before fees." })
  gross!: Money;

  @Field(() => MoneyType, { description: "Sum of fees, as a rule negative." })
  fee!: Money;

  @Field(() => MoneyType, { description: "Sum after fees." })
  net!: Money;
}

/** What a payout is made of: amount = Σ parts.net + Σ residuals.amount, to the minor unit. */
export type PayoutMakeUp = { readonly parts: readonly PayoutPart[]; readonly residuals: readonly PayoutResidual[] };

type Row = {
  readonly payout_id: string;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly kind: EventKind | null;
  readonly lines: bigint;
  readonly gross_minor: bigint;
  readonly fee_minor: bigint;
  readonly net_minor: bigint;
};

export const makeUpOfPayout = batched<PayoutMakeUp>(async (context, ids) => {
  const parameters = [context.require("settlements:view"), ids];
  const rows = await context.query<Row>(MAKE_UP, parameters, "payout-make-up");
  const groups = groupedByKey(
    rows,
    (row) => row.payout_id,
    (row) => row,
  );
  return new Map([...groups].map(([id, group]) => [id, makeUpOf(group)]));
});

function makeUpOf(rows: readonly Row[]): PayoutMakeUp {
  const { currency = "", amount_minor: amount = 0n } = rows[0] ?? {};
  const booked = rows.filter((row): row is Row & { kind: EventKind } => row.kind !== null);
  const sum = booked.reduce((total, { net_minor }) => total + net_minor, 0n);
  const lines = booked.reduce((total, row) => total + row.lines, 0n);
  const parts = booked.filter(({ kind }) => !(kind in RESIDUAL_OF)).map((row) => partOf(row));
  const named = booked.flatMap((row) => {
    const type = RESIDUAL_OF[row.kind];
    return type ? [residual(type, row.net_minor, currency, `${row.lines} line(s) of kind ${row.kind}`)] : [];
  });
  return { parts, residuals: [...named, ...remainderOf(amount - sum, lines, currency)] };
}

/** What the provider books on no transaction, by what it is to the payout. */
const RESIDUAL_OF: Readonly<Partial<Record<EventKind, ResidualType>>> = {
  FEE: "FEE_INVOICE",
  COLLECTION: "FEE_INVOICE",
  RESERVE_HOLD: "RESERVE",
  RESERVE_RELEASE: "RESERVE",
  BALANCE_TRANSFER: "CARRY_FORWARD",
  ROUNDING: "ROUNDING",
};

function partOf({ kind, currency, lines, ...sums }: Row & { kind: EventKind }): PayoutPart {
  const money = (amountMinor: bigint) => ({ amountMinor, currency });
  return {
    kind,
    lineCount: lines,
    gross: money(sums.gross_minor),
    fee: money(sums.fee_minor),
    net: money(sums.net_minor),
  };
}

/** A fraction of a minor unit a line is rounding; more than that is not. */
function remainderOf(remainder: bigint, lines: bigint, currency: string): readonly PayoutResidual[] {
  if (remainder === 0n) return [];
  const size = remainder < 0n ? -remainder : remainder;
  if (2n * size <= lines)
    return [residual("ROUNDING", remainder, currency, `less than a minor unit on ${lines} lines`)];
  return [residual("UNEXPLAINED", remainder, currency, "the payout differs from the sum of its lines")];
}

function residual(type: ResidualType, amountMinor: bigint, currency: string, explanation: string): PayoutResidual {
  return { type, amount: { amountMinor, currency }, explanation };
}

/** The payout's own row is not part of what it pays. */
const MAKE_UP = `
  select p.id as payout_id, p.currency, p.amount_minor, l.kind, coalesce(l.lines, 0) as lines,
    coalesce(l.gross_minor, 0) as gross_minor, coalesce(l.fee_minor, 0) as fee_minor,
    coalesce(l.net_minor, 0) as net_minor
  from reconciliation.payout p
  left join lateral (
    select l.kind, count(*) as lines, sum(l.gross_minor)::bigint as gross_minor, sum(l.fee_minor)::bigint as fee_minor,
      sum(l.net_minor)::bigint as net_minor
    from reconciliation.settlement_batch b
    join reconciliation.settlement_line l on l.merchant_id = b.merchant_id and l.batch_id = b.id
    where b.merchant_id = p.merchant_id and b.payout_id = p.id and l.kind <> 'PAYOUT' and l.currency = p.currency
    group by l.kind
  ) l on true
  where p.merchant_id = any($1::text[]) and p.id = any($2::text[])
  order by p.id, l.kind`;
