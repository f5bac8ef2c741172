import { Field, ID } from "type-graphql";
import { BigIntScalar, CurrencyScalar } from "../../shared/scalars.ts";
import { Output } from "../../shared/subgraph/output.ts";
import type { Replay } from "./replay-run.ts";
import { ChangedMatch, type TrialRow, TrialState, trialStateOf } from "./trial-state.ts";

@Output("ReplayedPartition", "One part of a run, and whether its replay is the same.")
class ReplayedPartitionType {
  @Field(() => String, { description: "The provider." })
  provider!: string;

  @Field(() => CurrencyScalar, { description: "The currency." })
  currency!: string;

  @Field(() => Boolean, { description: "Whether it was given the same open lines." })
  linesEqual!: boolean;

  @Field(() => Boolean, { description: "Whether it was given the same open transactions." })
  transactionsEqual!: boolean;

  @Field(() => Boolean, { description: "Whether it decided the same." })
  outputEqual!: boolean;
}

@Output("ReplayedClaims", "Claims that only one of the run and its replay made.")
class ReplayedClaimsType {
  @Field(() => BigIntScalar, { description: "How many." })
  count!: bigint;

  @Field(() => [ChangedMatch], { description: "At most 100 of them." })
  examples!: readonly ChangedMatch[];
}

@Output("RunReplay", "A run carried out again over what it had before it; nothing of it was kept.")
export class RunReplay {
  readonly __typename!: "RunReplay";

  @Field(() => ID, { description: "Its id, `trl_…`." })
  id!: string;

  @Field(() => ID, { description: "The run." })
  runId!: string;

  @Field(() => ID, { description: "The merchant whose run it is." })
  merchantId!: string;

  @Field(() => TrialState, { description: "How far it is; the rest is null until it has ended well." })
  state!: TrialState;

  @Field(() => Boolean, { nullable: true, description: "Whether it was given the same, by the digests." })
  inputEqual!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether it decided the same, by the digests." })
  outputEqual!: boolean | null;

  @Field(() => String, { nullable: true, description: "Digest of what the replay was given." })
  inputDigest!: string | null;

  @Field(() => String, { nullable: true, description: "Digest of what the replay decided." })
  outputDigest!: string | null;

  @Field(() => String, { nullable: true, description: "Version of the matcher that replayed it." })
  engineVersion!: string | null;

  @Field(() => [ReplayedPartitionType], { nullable: true, description: "Its parts." })
  partitions!: readonly ReplayedPartitionType[] | null;

  @Field(() => ReplayedClaimsType, { nullable: true, description: "Claims that the run made and the replay does not." })
  missing!: ReplayedClaimsType | null;

  @Field(() => ReplayedClaimsType, { nullable: true, description: "Claims that the replay makes and the run did not." })
  extra!: ReplayedClaimsType | null;

  @Field(() => [String], {
    nullable: true,
    description: "What happened since that may be why something differs, as sentences in English.",
  })
  remarks!: readonly string[] | null;
}

export function runReplayOf(row: TrialRow<{ readonly runId: string }, Replay>): RunReplay {
  const { result } = row;
  const claimsOf = ({ count, examples }: Replay["missing"]) => ({ count: BigInt(count), examples });
  return {
    __typename: "RunReplay",
    id: row.id,
    runId: row.input.runId,
    merchantId: row.merchant_id,
    state: trialStateOf(row),
    inputEqual: result?.inputEqual ?? null,
    outputEqual: result?.outputEqual ?? null,
    inputDigest: result?.inputDigest ?? null,
    outputDigest: result?.outputDigest ?? null,
    engineVersion: result?.engineVersion ?? null,
    partitions: result?.partitions ?? null,
    missing: result && claimsOf(result.missing),
    extra: result && claimsOf(result.extra),
    remarks: result?.remarks ?? null,
  };
}
