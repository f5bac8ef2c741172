import { Field, ID } from "type-graphql";
import { enumOf, Output } from "../../shared/subgraph/output.ts";

const RESOLUTIONS = ["WRITTEN_OFF", "ADJUSTED", "PROVIDER_CLAIM", "DUPLICATE", "ACCEPTED"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export const ResolutionEnum = enumOf("Resolution", "How a person settles a discrepancy.", RESOLUTIONS, {
  WRITTEN_OFF: "The money is given up. Above a limit a second person must agree.",
  ADJUSTED: "It was corrected in the books.",
  PROVIDER_CLAIM: "The provider was asked to make it good.",
  DUPLICATE: "It is the same as another one.",
  ACCEPTED: "It is as it should be. Above a limit a second person must agree.",
});

/** After these nobody looks for the money any more: to accept a difference gives up as much as to write it off. */
export const GIVES_AWAY: ReadonlySet<Resolution> = new Set(["WRITTEN_OFF", "ACCEPTED"]);

@Output("ResolutionProposal", "How a person wants to settle a discrepancy, which waits for a second person.")
export class ResolutionProposal {
  @Field(() => ResolutionEnum, { description: "How." })
  resolution!: Resolution;

  @Field(() => ID, { description: "Who proposes it." })
  proposedBy!: string;

  @Field(() => String, { description: "Why." })
  reason!: string;
}
