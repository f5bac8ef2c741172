import { conditions } from "../../shared/subgraph/conditions.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { withinLimits } from "../../shared/subgraph/visible-transactions.ts";
import { CLOSING_ROW, type ClosingRow, closingOf } from "./closing-row.ts";
import type { Closing } from "./closing-type.ts";

/** Null for one that is not there and for one that the caller may not see. Throws FORBIDDEN without `closings:view`. */
export async function closingById(context: RequestContext, id: string): Promise<Closing | null> {
  const reach = context.requireReach("closings:view");
  const where = withinLimits(conditions([reach.merchants]), reach).add("t.id = ?", id);
  const text = `select ${CLOSING_ROW} from transactions.closing t where t.merchant_id = any($1::text[]) and ${where.text()}`;
  const [row] = await context.query<ClosingRow>(text, where.values());
  return row ? closingOf(row) : null;
}
