import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";
import { LATEST_CHANGES } from "../../shared/changes/change-feed.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { sealToken } from "./resume-token.ts";

/**
 * Where changes stand before a list is read, if the operation asks for it: read after the list, it would skip what
 * changed in between.
 */
export async function listToken(context: RequestContext, info: GraphQLResolveInfo): Promise<string | null> {
  if (!asksFor("resumeToken", info)) return null;
  const { merchants } = context.requireReach("transactions:view");
  const rows = await context.query<{ merchant_id: string; position: bigint }>(
    LATEST_CHANGES,
    [merchants],
    "latest-change",
  );
  return sealToken(context.cursors, new Map(rows.map((row) => [row.merchant_id, row.position])));
}

function asksFor(name: string, { fieldNodes, fragments }: GraphQLResolveInfo): boolean {
  const holds = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value === name;
      if (selection.kind === Kind.INLINE_FRAGMENT) return holds(selection.selectionSet);
      return holds(fragments[selection.name.value]?.selectionSet);
    }) ?? false;
  return fieldNodes.some((node: FieldNode) => holds(node.selectionSet));
}
