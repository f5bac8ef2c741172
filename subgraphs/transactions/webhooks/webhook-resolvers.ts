import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { ForwardPage } from "../../shared/subgraph/page-type.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { changeEndpoint, createEndpoint, endpointsOf, noticePage, sendTest } from "./webhook-endpoints.ts";
import {
  ChangeWebhookEndpointInput,
  CreateWebhookEndpointInput,
  NoticeConnection,
  SendTestNoticeInput,
  WebhookEndpoint,
  WebhookEndpointResult,
} from "./webhook-types.ts";

const NEEDS = "Needs `webhooks:manage`.";

@Resolver(() => WebhookEndpoint)
export class WebhookResolver {
  @Query(() => [WebhookEndpoint], {
    nullable: true,
    description: `Addresses that your merchants' own systems are told at, the oldest first. ${NEEDS}`,
  })
  webhookEndpoints(@Ctx() context: RequestContext) {
    return endpointsOf(context);
  }

  @Query(() => NoticeConnection, { nullable: true, description: `What was sent to them and how it went. ${NEEDS}` })
  notices(
    @Ctx() context: RequestContext,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("endpointId", () => ID, { nullable: true, description: "Of one endpoint; of all when not given." })
    endpointId?: string | null,
  ) {
    return noticePage(context, endpointId, page);
  }

  @Mutation(() => WebhookEndpointResult, {
    nullable: true,
    description: `Adds an endpoint. Its \`secret\` is in this answer and never again. ${NEEDS}`,
  })
  createWebhookEndpoint(
    @Ctx() context: RequestContext,
    @Arg("input", () => CreateWebhookEndpointInput, { description: "The endpoint." }) input: CreateWebhookEndpointInput,
  ) {
    return createEndpoint(context, input);
  }

  @Mutation(() => WebhookEndpointResult, {
    nullable: true,
    description: `Changes an endpoint, switches it on or off, gives it another secret, or removes it. ${NEEDS}`,
  })
  changeWebhookEndpoint(
    @Ctx() context: RequestContext,
    @Arg("input", () => ChangeWebhookEndpointInput, { description: "What changes." }) input: ChangeWebhookEndpointInput,
  ) {
    return changeEndpoint(context, input);
  }

  @Mutation(() => WebhookEndpointResult, {
    nullable: true,
    description: `Sends an endpoint a notice of type TEST; \`notices\` tells how it went. ${NEEDS}`,
  })
  sendTestNotice(
    @Ctx() context: RequestContext,
    @Arg("input", () => SendTestNoticeInput, { description: "The endpoint." }) input: SendTestNoticeInput,
  ) {
    return sendTest(context, input);
  }
}
