import { conditions } from "../../shared/subgraph/conditions.ts";
import { keysetPage, type PageRequest } from "../../shared/subgraph/keyset-page.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { RUN_COLUMNS, type RunRow, runOf } from "./run-type.ts";

export function runPage(context: RequestContext, page: PageRequest) {
  const where = conditions([context.require("reconciliation:view")]);
  const sort = { column: "t.requested_at", type: "timestamptz", direction: "DESC" } as const;
  const keyset = { list: "runs", from: "reconciliation.run t", columns: RUN_COLUMNS, where, sort };
  return keysetPage(context, keyset, page, (row: RunRow) => runOf(row));
}

export async function runById(context: RequestContext, id: string) {
  const text = `select ${RUN_COLUMNS} from reconciliation.run t where t.merchant_id = any($1::text[]) and t.id = $2`;
  const [row] = await context.query<RunRow>(text, [context.require("reconciliation:view"), id], "run-by-id");
  return row ? runOf(row) : null;
}
