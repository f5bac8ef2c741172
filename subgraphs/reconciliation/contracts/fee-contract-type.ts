import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { DateScalar, DateTimeScalar } from "../../shared/scalars.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import { MerchantRequired } from "../runs/merchant-choice.ts";
import { FEE_MODELS, FEE_ROUNDINGS, type FeeModel, type FeeRounding } from "./fee-schedule.ts";

const FeeModelEnum = enumOf("FeeModel", "What the rates of a fee contract cover.", FEE_MODELS, {
  BLENDED: "All there is to pay.",
  INTERCHANGE_PLUS_PLUS: "The acquirer's markup; interchange and scheme fees are passed through as booked.",
  VOUCHER_COMMISSION: "The issuer's commission.",
});

const FeeRoundingEnum = enumOf("FeeRounding", "Where a fee is rounded, always half up.", FEE_ROUNDINGS, {
  PER_LINE: "On each line.",
  PER_PAYOUT: "Once, on the sum of a batch.",
});

@Output(
  "FeeContract",
  "What a provider may charge, from one day to another; a later version holds before an earlier one.",
)
export class FeeContract {
  readonly __typename!: "FeeContract";

  @Field(() => ID, { description: "Stable id, `fee_…`: the same schedule keeps it." })
  id!: string;

  @Field(() => String, { description: "The provider, by name." })
  provider!: string;

  @Field(() => String, { nullable: true, description: "The account it is for; null for all of the provider's." })
  account!: string | null;

  @Field(() => Int, { description: "Counted from 1 for provider and account." })
  version!: number;

  @Field(() => DateScalar, { description: "The first day it holds for, by the day of booking." })
  validFrom!: string;

  @Field(() => DateScalar, { nullable: true, description: "The last day; null while it has no end." })
  validTo!: string | null;

  @Field(() => String, { description: "ISO 4217 code; lines in other currencies are not checked by it." })
  currency!: string;

  @Field(() => FeeModelEnum, { description: "What its rates cover." })
  model!: FeeModel;

  @Field(() => FeeRoundingEnum, { description: "Where a fee is rounded." })
  rounding!: FeeRounding;

  @Field(() => String, {
    description: "The rates as JSON: parts per million of the amount, and millionths of a minor unit.",
  })
  content!: string;

  @Field(() => ID, { description: "Who loaded it." })
  loadedBy!: string;

  @Field(() => DateTimeScalar, { description: "When." })
  loadedAt!: Date;
}

@Output("FeeContractRefused", "Nothing was loaded: this is no fee schedule.")
class FeeContractRefused {
  readonly __typename!: "FeeContractRefused";

  @Field(() => String, { description: "Why, in English; it names each member that is wrong." })
  message!: string;
}

@InputType("LoadFeeContractInput", { description: "A fee schedule, which becomes the next version." })
export class LoadFeeContractInput {
  @Field(() => ID, { nullable: true, description: "The merchant; may be left out by who manages one only." })
  merchantId?: string | null;

  @Field(() => String, { description: "The schedule as YAML or JSON; percentages and amounts are text in quotes." })
  schedule!: string;
}

export const FeeContractResult = createUnionType({
  name: "FeeContractResult",
  description: "The contract as it was loaded, now or before; or why nothing was done.",
  types: () => [FeeContract, FeeContractRefused, MerchantRequired] as const,
  resolveType: ({ __typename }) => __typename,
});

export type FeeContractRow = {
  readonly id: string;
  readonly provider: string;
  readonly account: string;
  readonly version: number;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly currency: string;
  readonly content: { readonly model: FeeModel; readonly rounding: FeeRounding };
  readonly loaded_by: string;
  readonly loaded_at: Date;
};

export const FEE_CONTRACT_COLUMNS = `c.id, c.provider, c.account, c.version, c.valid_from, c.valid_to, c.currency,
  c.content, c.loaded_by, c.loaded_at`;

export function feeContractOf(row: FeeContractRow): FeeContract {
  const { id, provider, version, currency, content } = row;
  const { model, rounding } = content;
  return {
    __typename: "FeeContract",
    id,
    provider,
    account: row.account === "" ? null : row.account,
    version,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    currency,
    model,
    rounding,
    content: JSON.stringify(content),
    loadedBy: row.loaded_by,
    loadedAt: row.loaded_at,
  };
}
