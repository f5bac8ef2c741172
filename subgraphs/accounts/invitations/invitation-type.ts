import { createUnionType, Field, ID, InputType, Int } from "type-graphql";
import { DateTimeScalar } from "../../shared/scalars.ts";
import { enumOf, Output } from "../../shared/subgraph/output.ts";
import { connectionOf } from "../../shared/subgraph/page-type.ts";
import { AccountRefusal } from "../change-account.ts";

const INVITATION_STATES = ["OPEN", "ACCEPTED", "EXPIRED", "REVOKED"] as const;
const InvitationStateEnum = enumOf("InvitationState", "What became of an invitation.", INVITATION_STATES, {
  OPEN: "It waits to be accepted.",
  ACCEPTED: "It was: the person is a user now.",
  EXPIRED: "Its time is over: send it again.",
  REVOKED: "It was taken back.",
});

@Output("Invitation", "An invitation of a person to a merchant. Its token is shown once, and kept nowhere.")
export class Invitation {
  @Field(() => ID, { description: "Stable id, `inv_…`." })
  id!: string;

  @Field(() => String, { description: "The address it is for, in lower case." })
  email!: string;

  @Field(() => ID, { description: "The user group that the person will be in." })
  groupId!: string;

  @Field(() => [ID], {
    nullable: true,
    description: "The locations they will be limited to; null is the whole merchant.",
  })
  locations!: readonly string[] | null;

  @Field(() => InvitationStateEnum, { description: "What became of it." })
  state!: (typeof INVITATION_STATES)[number];

  @Field(() => String, { description: "Who invited them." })
  invitedBy!: string;

  @Field(() => DateTimeScalar, { description: "When." })
  invitedAt!: Date;

  @Field(() => DateTimeScalar, { description: "Until when it can be accepted." })
  expiresAt!: Date;
}

@Output("InvitationConnection", "A page of invitations, by id.")
export class InvitationConnection extends connectionOf("Invitation", Invitation) {}

@Output("InvitationChange", "What was done about an invitation.")
export class InvitationChange {
  readonly __typename!: "InvitationChange";

  @Field(() => ID, { description: "The invitation." })
  invitationId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Its token, to be sent to the address; it is for `acceptInvitation`. Shown here and never again: a request that is sent again gets null.",
  })
  token!: string | null;
}

@InputType("InviteUserInput", { description: "Whom to invite, and to what." })
export class InviteUserInput {
  @Field(() => ID, { description: "To which merchant." })
  merchantId!: string;

  @Field(() => String, {
    description: "The address of the person, which the issuer of their tokens has to have verified.",
  })
  email!: string;

  @Field(() => ID, { description: "The user group they shall be in." })
  groupId!: string;

  @Field(() => [ID], { nullable: true, description: "The locations they shall be limited to; without it none." })
  locations?: string[] | null;

  @Field(() => Int, { nullable: true, description: "For how many days it is good, 1 to 30; 7 without it." })
  days?: number | null;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

@InputType("InvitationInput", { description: "Which invitation." })
export class InvitationInput {
  @Field(() => ID, { description: "Of which merchant." })
  merchantId!: string;

  @Field(() => ID, { description: "Which." })
  invitationId!: string;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it changes nothing more." })
  idempotencyKey!: string;
}

@InputType("AcceptInvitationInput", { description: "An invitation that you were sent." })
export class AcceptInvitationInput {
  @Field(() => String, { description: "Its token." })
  token!: string;
}

@Output("InvitationAccepted", "You belong to the merchant now.")
export class InvitationAccepted {
  readonly __typename!: "InvitationAccepted";

  @Field(() => ID, { description: "The merchant." })
  merchantId!: string;

  @Field(() => ID, { description: "The user group that you are in." })
  groupId!: string;
}

export const InvitationResult = createUnionType({
  name: "InvitationResult",
  description: "What was done; or why nothing was.",
  types: () => [InvitationChange, AccountRefusal] as const,
  resolveType: ({ __typename }) => __typename,
});

export const AcceptInvitationResult = createUnionType({
  name: "AcceptInvitationResult",
  description: "Where you belong to now; or why nothing was changed.",
  types: () => [InvitationAccepted, AccountRefusal] as const,
  resolveType: ({ __typename }) => __typename,
});
