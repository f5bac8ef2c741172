import { Field } from "type-graphql";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";

/** The worst first: of several merchants or accounts, the first that holds for one of them is told. */
export const COVERAGE_STATES = ["NEVER", "SILENT", "GAP", "LATE", "UNKNOWN", "FRESH"] as const;
export type CoverageState = (typeof COVERAGE_STATES)[number];

const CoverageStateEnum = enumOf(
  "CoverageState",
  "How far a figure can be trusted to have all of a provider in it, the worst first.",
  COVERAGE_STATES,
  {
    NEVER: "The merchant has this provider, and nothing of it has come yet.",
    SILENT: "What comes as a rule is overdue.",
    GAP: "Of numbered files, some are missing although later ones came.",
    LATE: "What comes as a rule has not come yet, and is not overdue.",
    UNKNOWN: "Nothing tells whether all is there; `reason` says why.",
    FRESH: "All that should have come for the period has.",
  },
);

@Output("Coverage", "One provider that a figure covers, and how far it can be trusted to have all of it.")
export class Coverage {
  @Field(() => String, { description: "The provider by name: `ccv-pay`, `edenred`, `adyen`, …" })
  provider!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Up to when its files, or what it tells by itself, have come; null while nothing has.",
  })
  freshAsOf!: Date | null;

  @Field(() => CoverageStateEnum, { description: "How it stands for the period that was asked for." })
  state!: CoverageState;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "From when on something of it may be missing, within the period; null if nothing is known to be.",
  })
  missingFrom!: Date | null;

  @Field(() => String, { nullable: true, description: "The same in a sentence of English." })
  reason!: string | null;
}
