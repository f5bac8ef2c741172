import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { AppError } from "../../shared/errors.ts";
import { batched } from "../../shared/subgraph/batched.ts";
import { MoneyType, moneyOrNull } from "../../shared/subgraph/money-type.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { chooseMerchant } from "../runs/merchant-choice.ts";
import { SettlementLine } from "../settlement-line.ts";
import { Transaction } from "../transaction-facet.ts";
import { EXPECTED_FEE } from "./expected-fee.ts";
import {
  FEE_CONTRACT_COLUMNS,
  FeeContract,
  FeeContractResult,
  type FeeContractRow,
  feeContractOf,
  LoadFeeContractInput,
} from "./fee-contract-type.ts";
import { feeScheduleOfText } from "./fee-schedule.ts";
import { loadContract } from "./load-contract.ts";

const EXPECTED = {
  nullable: true,
  description: "What the fee should be by the contract; null where none is about it.",
};
const VARIANCE = {
  nullable: true,
  description: "What was booked less what should be, without tax: negative is too much. Null where no contract tells.",
};

@Resolver()
export class FeeContractResolver {
  @Query(() => [FeeContract], {
    nullable: true,
    description: "Fee contracts by provider and account, the latest first.",
  })
  async feeContracts(@Ctx() context: RequestContext) {
    const rows = await context.query<FeeContractRow>(LIST, [context.require("settlements:view")]);
    return rows.map(feeContractOf);
  }

  @Mutation(() => FeeContractResult, {
    nullable: true,
    description: "Loads a fee schedule; the next run checks what was booked against it. Needs `rules:manage`.",
  })
  async loadFeeContract(
    @Ctx() context: RequestContext,
    @Arg("input", () => LoadFeeContractInput, { description: "The schedule." }) input: LoadFeeContractInput,
  ) {
    const merchantId = chooseMerchant(context, "rules:manage", input.merchantId);
    if (typeof merchantId !== "string") return merchantId;
    try {
      const schedule = feeScheduleOfText(input.schedule);
      const { id } = await context.run((each) => loadContract(each, merchantId, schedule, context.identity.userId));
      const [row] = await context.query<FeeContractRow>(ONE, [merchantId, id]);
      return row ? feeContractOf(row) : null;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "INVALID_INPUT") throw error;
      return { __typename: "FeeContractRefused", message: error.message } as const;
    }
  }
}

@Resolver(() => SettlementLine)
export class LineFeeResolver {
  @FieldResolver(() => MoneyType, EXPECTED)
  async expectedFee(@Ctx() context: RequestContext, @Root() { id }: SettlementLine) {
    return expectedOf(await feeOfLine(context, id));
  }

  @FieldResolver(() => MoneyType, VARIANCE)
  async feeVariance(@Ctx() context: RequestContext, @Root() { id }: SettlementLine) {
    return varianceOf(await feeOfLine(context, id));
  }
}

@Resolver(() => Transaction)
export class TransactionFeeResolver {
  @FieldResolver(() => MoneyType, EXPECTED)
  async expectedFee(@Ctx() context: RequestContext, @Root() { id }: Transaction) {
    return expectedOf(await feeOfTransaction(context, id));
  }

  @FieldResolver(() => MoneyType, VARIANCE)
  async feeVariance(@Ctx() context: RequestContext, @Root() { id }: Transaction) {
    return varianceOf(await feeOfTransaction(context, id));
  }
}

/** Costs, positive; `variance_minor` only where a line is rounded by itself. */
type FeeRow = {
  readonly id: string;
  readonly currency: string;
  readonly expected_minor: bigint;
  readonly variance_minor: bigint | null;
};

const expectedOf = (fee: FeeRow | null) => fee && { amountMinor: -fee.expected_minor, currency: fee.currency };
const varianceOf = (fee: FeeRow | null) => fee && moneyOrNull(fee.variance_minor, fee.currency);

const feeOfLine = batched<FeeRow>((context, ids) => fees(context, LINES, ids));
const feeOfTransaction = batched<FeeRow>((context, ids) => fees(context, TRANSACTIONS, ids));

async function fees(context: RequestContext, text: string, ids: readonly string[]) {
  const rows = await context.query<FeeRow>(text, [context.requireReach("settlements:view").whole, ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

const LIST = `
  select ${FEE_CONTRACT_COLUMNS} from reconciliation.fee_contract c
  where c.merchant_id = any ($1::text[])
  order by c.provider, c.account, c.version desc, c.id limit 1000`;

const ONE = `select ${FEE_CONTRACT_COLUMNS} from reconciliation.fee_contract c where c.merchant_id = $1 and c.id = $2`;

const FEES = `x.expected_minor + x.passed_minor as expected_minor,
    case x.rounding when 'PER_LINE' then x.expected_minor - x.booked_minor end as variance_minor`;

const LINES = `
  select l.id, l.currency, ${FEES}
  from reconciliation.settlement_line l cross join ${EXPECTED_FEE}
  where l.merchant_id = any ($1::text[]) and l.id = any ($2::text[])`;

/** A line that several transactions share does not say how its fee divides. */
const TRANSACTIONS = `
  select id, min(currency) as currency, sum(expected_minor)::bigint as expected_minor,
    case when count(*) = count(variance_minor) then sum(variance_minor)::bigint end as variance_minor
  from (
    select c.transaction_id as id, l.currency, ${FEES}
    from reconciliation.claim c
    join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
    cross join ${EXPECTED_FEE}
    where c.merchant_id = any ($1::text[]) and c.transaction_id = any ($2::text[]) and c.released_at is null
      and c.match_minor is null
  ) each_line
  group by id having count(distinct currency) = 1`;
