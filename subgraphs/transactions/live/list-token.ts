import type { GraphQLResolveInfo } from "graphql";
import { LATEST_CHANGES } from "../../shared/changes/change-feed.ts";
import { askedFields } from "../../shared/subgraph/asked-fields.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { sealToken } from "./resume-token.ts";

/**
 * Where changes stand before a list is read, if the operation asks for it: read after the list, it would skip what
 * changed in between.
 */
export async function listToken(context: RequestContext, info: GraphQLResolveInfo): Promise<string | null> {
  if (!askedFields(info).has("resumeToken")) return null;
  const { merchants } = context.requireReach("transactions:view");
  const rows = await context.query<{ merchant_id: string; position: bigint }>(
    LATEST_CHANGES,
    [merchants],
    "latest-change",
  );
  return sealToken(context.cursors, new Map(rows.map((row) => [row.merchant_id, row.position])));
}
