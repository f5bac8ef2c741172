import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { conditions } from "../../shared/subgraph/conditions.ts";
import { keysetPage } from "../../shared/subgraph/keyset-page.ts";
import { ForwardPage } from "../../shared/subgraph/page-type.ts";
import { forbidden, type RequestContext } from "../../shared/subgraph/request-context.ts";
import { acceptInvitation } from "./accept-invitation.ts";
import {
  AcceptInvitationInput,
  AcceptInvitationResult,
  Invitation,
  InvitationConnection,
  InvitationInput,
  InvitationResult,
  InviteUserInput,
} from "./invitation-type.ts";
import { inviteUser, resendInvitation, revokeInvitation } from "./invite.ts";

@Resolver(() => Invitation)
export class InvitationResolver {
  @Query(() => InvitationConnection, { nullable: true, description: "The merchant's invitations, by id." })
  invitations(
    @Ctx() context: RequestContext,
    @Arg("merchantId", () => ID, { description: "Whose." }) merchantId: string,
    @Args(() => ForwardPage) page: ForwardPage,
  ) {
    if (!context.merchantsWith("accounts:manage").includes(merchantId)) throw forbidden("accounts:manage", merchantId);
    const list = {
      list: "invitations",
      from: `(select merchant_id, ${COLUMNS} from accounts.invitation) t`,
      columns: "t.*",
      where: conditions([[merchantId]]),
      sort: { column: "t.id", type: "text", direction: "ASC" },
    } as const;
    return keysetPage<Invitation, Invitation>(context, list, page, (row) => row);
  }

  @Mutation(() => InvitationResult, {
    nullable: true,
    description: "Invites a person to a user group; you send them the token, which is good once.",
  })
  inviteUser(
    @Ctx() context: RequestContext,
    @Arg("input", () => InviteUserInput, { description: "Whom, and to what." }) input: InviteUserInput,
  ) {
    return inviteUser(context, input);
  }

  @Mutation(() => InvitationResult, {
    nullable: true,
    description:
      "Makes another token for an invitation that waits, good for seven days; the one before is good no more.",
  })
  resendInvitation(
    @Ctx() context: RequestContext,
    @Arg("input", () => InvitationInput, { description: "Which." }) input: InvitationInput,
  ) {
    return resendInvitation(context, input);
  }

  @Mutation(() => InvitationResult, { nullable: true, description: "Takes an invitation back that waits." })
  revokeInvitation(
    @Ctx() context: RequestContext,
    @Arg("input", () => InvitationInput, { description: "Which." }) input: InvitationInput,
  ) {
    return revokeInvitation(context, input);
  }

  @Mutation(() => AcceptInvitationResult, {
    nullable: true,
    description:
      "Makes you a user where you were invited. The issuer of your token must have verified the address that was invited.",
  })
  acceptInvitation(
    @Ctx() context: RequestContext,
    @Arg("input", () => AcceptInvitationInput, { description: "What you were sent." }) input: AcceptInvitationInput,
  ) {
    return acceptInvitation(context, input.token);
  }
}

const COLUMNS = `
  id, email, coalesce(group_id, role) as "groupId", locations, invited_by as "invitedBy", invited_at as "invitedAt",
  expires_at as "expiresAt", case when accepted_at is not null then 'ACCEPTED' when revoked_at is not null then 'REVOKED'
    when expires_at <= clock_timestamp() then 'EXPIRED' else 'OPEN' end as state`;
