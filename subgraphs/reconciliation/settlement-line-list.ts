import { Field, ID, InputType } from "type-graphql";
import { AppError } from "../shared/errors.ts";
import { BigIntScalar, CurrencyScalar, DateScalar } from "../shared/scalars.ts";
import { conditions } from "../shared/subgraph/conditions.ts";
import { keysetPage, type PageRequest } from "../shared/subgraph/keyset-page.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { KINDS, onlyInferred } from "./matching/still-open.ts";
import { LINE_COLUMNS, LINES_FROM, type LineRow, lineOf } from "./settlement-line.ts";

const MOST_DAYS = 92;
const DAY_MS = 86_400_000;

@InputType("SettlementLineFilter", { description: "All that is given must hold." })
export class SettlementLineFilter {
  @Field(() => DateScalar, {
    nullable: true,
    description: `Of batches that were last booked on this day or later; ${MOST_DAYS} days in all when not given.`,
  })
  bookedFrom?: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: `Of batches that were last booked on this day or earlier, at most ${MOST_DAYS} days in all; until today, or that many days, when not given.`,
  })
  bookedTo?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Of this merchant.",
  })
  merchantId?: string | null;

  @Field(() => [String], { nullable: true, description: "Providers, by adapter family." })
  providers?: readonly string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True: only lines about a transaction that none was found for yet; false: only the others.",
  })
  open?: boolean | null;

  @Field(() => BigIntScalar, {
    nullable: true,
    description: "What the shopper paid or got back, in minor units, without a sign.",
  })
  amountMinor?: bigint | null;

  @Field(() => CurrencyScalar, { nullable: true, description: "Currency of that." })
  currency?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Text a person typed, 1 to 100 characters: part of a reference in any case, or a whole ARN, approval code or last four digits.",
  })
  search?: string | null;
}

/**
 * Lines by what a person knows of one. There is no index by what they are searched for, which would cost every import;
 * so batches narrow them to a span of days.
 */
export function settlementLinePage(context: RequestContext, filter: SettlementLineFilter, page: PageRequest) {
  const { search } = filter;
  const { bookedFrom, bookedTo } = spanOf(filter);
  const days = (Date.parse(bookedTo) - Date.parse(bookedFrom)) / DAY_MS + 1;
  if (!(days >= 1 && days <= MOST_DAYS)) {
    throw new AppError(
      "INVALID_INPUT",
      `\`bookedFrom\` to \`bookedTo\` must be 1 to ${MOST_DAYS} days, and not ${days}.`,
    );
  }
  if (typeof search === "string" && (search.length < 1 || search.length > 100)) {
    throw new AppError("INVALID_INPUT", "`search` must be 1 to 100 characters.");
  }
  const where = conditions([context.require("settlements:view")], ["t.kind <> 'PAYOUT'"]);
  where.always(`t.batch_id in (select b.id from reconciliation.settlement_batch b
      where b.merchant_id = t.merchant_id
        and b.booking_date between ${where.parameter(bookedFrom)}::date and ${where.parameter(bookedTo)}::date)`);
  where
    .add("t.merchant_id = ?", filter.merchantId)
    .add("t.provider = any (?::text[])", filter.providers)
    .add(`(${IS_OPEN}) = ?::boolean`, filter.open)
    .add("abs(coalesce(t.processing_minor, t.gross_minor)) = ?::bigint", filter.amountMinor)
    .add("coalesce(t.processing_currency, t.currency) = ?", filter.currency)
    .add(FOUND_BY_TEXT, search);
  const sort = { column: "t.occurred_at", type: "timestamptz", direction: "DESC" } as const;
  const keyset = { list: "settlement lines", from: LINES_FROM, columns: LINE_COLUMNS, where, sort };
  return keysetPage(context, keyset, page, (row: LineRow) => lineOf(row));
}

/** The days that are looked through: the latest where nothing is said. */
function spanOf({ bookedFrom, bookedTo }: SettlementLineFilter) {
  const day = (instant: number) => new Date(instant).toISOString().slice(0, 10);
  const whole = (MOST_DAYS - 1) * DAY_MS;
  const until = bookedTo ?? (bookedFrom ? day(Date.parse(bookedFrom) + whole) : day(Date.now()));
  return { bookedFrom: bookedFrom ?? day(Date.parse(until) - whole), bookedTo: until };
}

const IS_OPEN = `t.kind in (select k.kind from ${KINDS}) and (c.id is null or ${onlyInferred("t")})`;

const FOUND_BY_TEXT = `position(lower(?) in lower(concat_ws(' ', t.reference, t.merchant_reference, t.ticket))) > 0
  or ? in (t.id, t.arn, t.rrn, t.authorisation_code, t.last4)`;
