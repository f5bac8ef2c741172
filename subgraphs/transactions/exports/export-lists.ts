import { createUnionType, Field } from "type-graphql";
import { tellProgress } from "../../shared/changes/tell-progress.ts";
import { AppError } from "../../shared/errors.ts";
import { type Keyset, keysetPage, type PageRequest } from "../../shared/subgraph/keyset-page.ts";
import { Output } from "../../shared/subgraph/output.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { ownExports } from "./export-reach.ts";
import { EXPORT_ROW, Export, type ExportRow, exportOf } from "./export-type.ts";
import { auditExport } from "./order-export.ts";

@Output("ExportIsOver", "Nothing was stopped: the export had ended already.")
class ExportIsOver {
  readonly __typename!: "ExportIsOver";

  @Field(() => String, { description: "Why, as a sentence in English." })
  message!: string;

  @Field(() => Export, { description: "The export as it ended." })
  export!: Export;
}

export const CancelExportResult = createUnionType({
  name: "CancelExportResult",
  description: "The export, which is stopped; or the one that had ended already.",
  types: () => [Export, ExportIsOver] as const,
  resolveType: ({ __typename }) => __typename,
});

export function exportPage(context: RequestContext, request: PageRequest) {
  const keyset: Keyset = {
    list: "exports",
    from: "transactions.export t",
    columns: EXPORT_ROW,
    where: ownExports(context),
    sort: { column: "t.requested_at", type: "timestamptz", direction: "DESC" },
  };
  return keysetPage<ExportRow, Export>(context, keyset, request, exportOf);
}

/** Null for one that is not there, another's, and one with something in it that the caller may no longer see. */
export async function exportById(context: RequestContext, id: string): Promise<Export | null> {
  const where = ownExports(context).add("t.id = ?", id);
  const text = `select ${EXPORT_ROW} from transactions.export t
    where t.merchant_id = any($1::text[]) and ${where.text()}`;
  const [row] = await context.query<ExportRow>(text, where.values());
  return row ? exportOf(row) : null;
}

export const isOver = ({ status }: Export) => status !== "QUEUED" && status !== "RUNNING";

/** The worker finds at its next look that the export is no longer its own. Throws NOT_FOUND. */
export async function cancelExport(context: RequestContext, id: string): Promise<Export | ExportIsOver> {
  const found = await exportById(context, id);
  if (!found) throw new AppError("NOT_FOUND", `There is no export "${id}" that you may see: check the id.`);
  const [merchantId = ""] = found.covered.merchants;
  const stopped = await context.run(async (transaction) => {
    if ((await transaction.change(CANCEL, [merchantId, id])) === 0) return false;
    await tellProgress(transaction, merchantId);
    await auditExport(transaction, {
      merchants: found.covered.merchants,
      actorId: context.identity.userId,
      action: "export.cancel",
      objectId: id,
      detail: {},
    });
    return true;
  });
  const now = (await exportById(context, id)) ?? found;
  if (stopped || now.status === "CANCELLED") return now;
  const message = `Export ${id} ended before: it is ${now.status.toLowerCase()}.`;
  return { __typename: "ExportIsOver", message, export: now };
}

const CANCEL = `
  update transactions.export
  set status = 'CANCELLED', finished_at = clock_timestamp(), leased_until = null
  where merchant_id = $1 and id = $2 and status in ('QUEUED', 'RUNNING')`;
