import { Field, InputType } from "type-graphql";
import { type FileStatus, FileStatusEnum } from "./settlement-file-type.ts";

@InputType("SettlementFileFilter", { description: "All that is given must hold." })
export class SettlementFileFilter {
  @Field(() => String, { nullable: true, description: "Provider, by name." })
  provider?: string | null;

  @Field(() => [FileStatusEnum], { nullable: true, description: "One of these." })
  statuses?: FileStatus[] | null;

  @Field(() => Boolean, { nullable: true, description: "True for files that a person should look at." })
  needsAttention?: boolean | null;
}
