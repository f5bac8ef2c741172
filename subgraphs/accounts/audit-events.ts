import { Arg, Args, Ctx, Query, Resolver } from "type-graphql";
import { conditions } from "../shared/subgraph/conditions.ts";
import { keysetPage } from "../shared/subgraph/keyset-page.ts";
import { ForwardPage } from "../shared/subgraph/page-type.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { AuditEvent, AuditEventConnection, AuditFilter, type AuditOutcome } from "./audit-event-type.ts";

@Resolver(() => AuditEvent)
export class AuditEventResolver {
  @Query(() => AuditEventConnection, { nullable: true, description: "Who did what, the latest first." })
  auditEvents(
    @Ctx() context: RequestContext,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("filter", () => AuditFilter, { nullable: true, description: "Which; all when not given." })
    filter?: AuditFilter | null,
  ) {
    const where = conditions([context.require("audit:view")])
      .add("t.actor_id = ?", filter?.actorId)
      .add("t.action = any (?::text[])", filter?.actions)
      .add("t.object_id = ?", filter?.objectId)
      .add("t.outcome = ?", filter?.outcome)
      .add("t.at >= ?", filter?.from)
      .add("t.at < ?", filter?.to);
    const sort = { column: "t.at", type: "timestamptz", direction: "DESC" } as const;
    const keyset = { list: "audit", from: "delivery.audit_entry t", columns: COLUMNS, where, sort };
    return keysetPage<Row, AuditEvent>(context, keyset, page, eventOf);
  }
}

type Row = {
  readonly id: string;
  readonly merchant_id: string;
  readonly position: bigint;
  readonly at: Date;
  readonly actor_id: string;
  readonly actor_name: string | null;
  readonly action: string;
  readonly object_id: string;
  readonly outcome: AuditOutcome;
  readonly detail: string;
  readonly request_id: string | null;
  readonly address: string | null;
  readonly hash: string;
};

const COLUMNS = `
  t.id, t.merchant_id, t.position, t.at, t.actor_id, t.action, t.object_id, t.outcome,
  t.detail::text as detail, t.request_id, t.address, t.hash, coalesce(
    (select m.name from accounts.membership m where m.merchant_id = t.merchant_id and m.user_id = t.actor_id),
    (select a.name from accounts.machine a where a.merchant_id = t.merchant_id and 'machine:' || a.id = t.actor_id)
  ) as actor_name`;

function eventOf(row: Row): AuditEvent {
  const { merchant_id: merchantId, actor_id: actorId, object_id: objectId, request_id: requestId, ...rest } = row;
  const { actor_name: actorName, ...same } = rest;
  return { ...same, merchantId, actorId, actorName, objectId, requestId };
}
