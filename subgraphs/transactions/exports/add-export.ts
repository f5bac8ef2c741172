import { createHash } from "node:crypto";
import { createUnionType, Field } from "type-graphql";
import { canonicalJson } from "../../shared/canonical-json.ts";
import { maskCards } from "../../shared/card-detector.ts";
import { PREFIXES, stableId } from "../../shared/ids.ts";
import { Output } from "../../shared/subgraph/output.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import type { Covered } from "./export-reach.ts";
import { EXPORT_ROW, Export, type ExportRequest, type ExportRow, exportOf } from "./export-type.ts";
import { auditExport, orderExport } from "./order-export.ts";

@Output("ExportRefused", "There is no export: something that was asked for cannot be.")
export class ExportRefused {
  readonly __typename!: "ExportRefused";

  @Field(() => String, { description: "Why, and what to do, as a sentence in English." })
  message!: string;
}

export const ExportResult = createUnionType({
  name: "ExportResult",
  description: "The export, queued or found again; or why there is none.",
  types: () => [Export, ExportRefused] as const,
  resolveType: ({ __typename }) => __typename,
});

export type ExportOutcome = Export | ExportRefused;

/** Records the export and the order to write it in one transaction, once for one key. */
type Asked = Covered & { readonly request: ExportRequest; readonly key: string };

export async function addExport(context: RequestContext, asked: Asked): Promise<ExportOutcome> {
  const { merchants, limits, request, key } = asked;
  const [home] = merchants;
  if (home === undefined) return refused("None of the merchants that you name is one that you may export this from.");
  const problem = keyProblem(key);
  if (problem !== undefined) return refused(problem);
  const { userId, name } = context.identity;
  const id = stableId(PREFIXES.export, home, userId, key);
  const hash = createHash("sha256").update(canonicalJson(request)).digest("hex");
  const values = [home, id, merchants, limits, request, hash, key, userId, maskCards(name).text];
  return context.run(async (transaction) => {
    const [added] = await transaction.query<ExportRow>(ADD, values);
    if (added) {
      await orderExport(transaction, { merchantId: home, id });
      const detail = { ...request, merchants };
      await auditExport(transaction, { merchants, actorId: userId, action: "export.create", objectId: id, detail });
      return exportOf(added);
    }
    const [known] = await transaction.query<ExportRow>(KNOWN, [home, id]);
    if (known?.request_hash === hash) return exportOf(known);
    return refused(`The idempotency key "${key}" belongs to another export: send a new key.`);
  });
}

export function keyProblem(key: string): string | undefined {
  if (maskCards(key).found > 0) return "`idempotencyKey` looks like a card number: use a random UUID.";
  if (/^[\x21-\x7e]{1,100}$/.test(key)) return undefined;
  return "`idempotencyKey` must be 1 to 100 visible ASCII characters without spaces.";
}

export const refused = (message: string) => ({ __typename: "ExportRefused", message }) as const;

/** Found again by id: the row level security of exports hides what the requester no longer covers. */
const ADD = `
  insert into transactions.export as t (merchant_id, id, merchants, limits, request, request_hash, idempotency_key,
    requested_by, requested_name)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning ${EXPORT_ROW}`;

const KNOWN = `select ${EXPORT_ROW} from transactions.export t where t.merchant_id = $1 and t.id = $2`;
