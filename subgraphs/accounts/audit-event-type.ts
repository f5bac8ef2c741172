import { Field, ID, InputType } from "type-graphql";
import { BigIntScalar, DateTimeScalar } from "../shared/scalars.ts";
import { enumOf, Output } from "../shared/subgraph/output.ts";
import { connectionOf } from "../shared/subgraph/page-type.ts";

const AUDIT_OUTCOMES = ["DONE", "DENIED"] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];
const AuditOutcomeEnum = enumOf("AuditOutcome", "Whether an act was carried out.", AUDIT_OUTCOMES, {
  DONE: "It was.",
  DENIED: "Whoever asked may not.",
});

@Output("AuditEvent", "Something that somebody did, or was not let do. Never changed, never removed.")
export class AuditEvent {
  @Field(() => ID, { description: "Id of the entry." })
  id!: string;

  @Field(() => ID, { description: "The merchant whose matter it was." })
  merchantId!: string;

  @Field(() => BigIntScalar, { description: "Its place in the merchant's chain, from 1, without gaps." })
  position!: bigint;

  @Field(() => DateTimeScalar, { description: "When, by the database's clock." })
  at!: Date;

  @Field(() => String, { description: "Who: a user's or a machine's id." })
  actorId!: string;

  @Field(() => String, {
    nullable: true,
    description: "What that user or machine is called now, where they still belong to the merchant.",
  })
  actorName!: string | null;

  @Field(() => String, {
    description:
      "What, as its object and a verb: `reconciliation.start`; `mutation.startReconciliation` where nothing was looked at.",
  })
  action!: string;

  @Field(() => String, { description: "On what: the id of a run, a file, a match, a discrepancy." })
  objectId!: string;

  @Field(() => AuditOutcomeEnum, { description: "Whether it was carried out." })
  outcome!: AuditOutcome;

  @Field(() => String, { description: "What belongs to it, as JSON: reasons, and what was before and after." })
  detail!: string;

  @Field(() => String, {
    nullable: true,
    description: "Id of the request that it came with, as in `x-request-id` and the log; null of jobs and commands.",
  })
  requestId!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Address that the request came from, as the gateway saw it: `203.0.113.7`. Null where it did not say so.",
  })
  address!: string | null;

  @Field(() => String, { description: "SHA-256 in hex over this entry and the hash before it." })
  hash!: string;
}

@Output("AuditEventConnection", "A page of audit events, the latest first.")
export class AuditEventConnection extends connectionOf("AuditEvent", AuditEvent) {}

@InputType("AuditFilter", { description: "All that is given must hold." })
export class AuditFilter {
  @Field(() => String, { nullable: true, description: "Who did it." })
  actorId?: string | null;

  @Field(() => [String], { nullable: true, description: "What was done." })
  actions?: readonly string[] | null;

  @Field(() => String, { nullable: true, description: "What it was done to." })
  objectId?: string | null;

  @Field(() => AuditOutcomeEnum, { nullable: true, description: "Whether it was carried out." })
  outcome?: AuditOutcome | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "At this time or later." })
  from?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Before this time." })
  to?: Date | null;
}
