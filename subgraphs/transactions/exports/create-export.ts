import { createHash } from "node:crypto";
import { createUnionType, Field, InputType } from "type-graphql";
import { canonicalJson } from "../../shared/canonical-json.ts";
import { maskCards } from "../../shared/card-detector.ts";
import { PREFIXES, stableId } from "../../shared/ids.ts";
import { TimeZoneScalar } from "../../shared/scalars.ts";
import { Output } from "../../shared/subgraph/output.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import type { ExportLocale } from "../export-formats/export-words.ts";
import { listConditions } from "../list-conditions.ts";
import { TransactionFilter } from "../transaction-filter.ts";
import { TransactionOrder } from "../transaction-list.ts";
import { auditExport, orderExport } from "./beyond-limits.ts";
import { EXPORT_COLUMNS, type ExportColumn } from "./export-columns.ts";
import { type Covered, exportReach } from "./export-reach.ts";
import {
  EXPORT_ROW,
  Export,
  ExportColumnEnum,
  type ExportFormat,
  ExportFormatEnum,
  ExportLocaleEnum,
  type ExportRequest,
  type ExportRow,
  exportOf,
} from "./export-type.ts";

@InputType("CreateExportInput", { description: "What to export: what a list shows, and how the file is written." })
export class CreateExportInput {
  @Field(() => TransactionFilter, { nullable: true, description: "Which transactions, as for the list." })
  filter?: TransactionFilter | null;

  @Field(() => TransactionOrder, { nullable: true, description: "The latest first when not given." })
  order?: TransactionOrder | null;

  @Field(() => [ExportColumnEnum], { nullable: true, description: "Columns in order, each once; all when not given." })
  columns?: ExportColumn[] | null;

  @Field(() => ExportFormatEnum, { description: "What kind of file." })
  format!: ExportFormat;

  @Field(() => ExportLocaleEnum, { description: "The language of headers and words." })
  locale!: ExportLocale;

  @Field(() => TimeZoneScalar, { description: "The zone of its times: `Europe/Brussels`." })
  zone!: string;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a CSV begins with a byte order mark, which Excel needs; true when not given.",
  })
  bom?: boolean | null;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it answers the same export." })
  idempotencyKey!: string;
}

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

type Outcome = Export | ExportRefused;

/** Records the export and the order to write it in one transaction. Throws FORBIDDEN where the caller may export nothing. */
export async function createExport(context: RequestContext, input: CreateExportInput): Promise<Outcome> {
  const reach = exportReach(context);
  const request = requestOf(input);
  const problem = problemOf(request, input.idempotencyKey);
  if (problem !== undefined) return refused(problem);
  // What the list refuses is refused here, and not by the worker later.
  listConditions(reach, request.filter);
  const named = request.filter.merchants;
  const merchants = named ? reach.merchants.filter((merchant) => named.includes(merchant)) : reach.merchants;
  const [home] = merchants;
  if (home === undefined) return refused("None of the merchants in `filter` is one that you may export from.");
  const limits = Object.fromEntries(Object.entries(reach.limits).filter(([merchant]) => merchants.includes(merchant)));
  return addExport(context, { home, merchants, limits, request, key: input.idempotencyKey });
}

type Asked = Covered & { readonly home: string; readonly request: ExportRequest; readonly key: string };

async function addExport(context: RequestContext, asked: Asked): Promise<Outcome> {
  const { home, merchants, limits, request, key } = asked;
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

function requestOf(input: CreateExportInput): ExportRequest {
  const { filter, order = null, columns, format, locale, zone, bom } = input;
  const request = {
    filter: filter ?? {},
    order,
    columns: columns ?? EXPORT_COLUMNS,
    format,
    locale,
    zone,
    bom: bom ?? true,
  };
  // As it will be read back, so that what is checked now is what will be written.
  return JSON.parse(JSON.stringify(request, (_, value) => (typeof value === "bigint" ? `${value}` : value)));
}

function problemOf(request: ExportRequest, key: string): string | undefined {
  const { columns } = request;
  if (columns.length === 0) return "`columns` is empty: name one at least, or leave it out for all.";
  if (new Set(columns).size < columns.length) return "`columns` names one twice: name each once.";
  // It is kept, and printed in the file.
  if (maskCards(JSON.stringify(request.filter)).found > 0) {
    return "`filter` has what looks like a card number: search by its last four digits.";
  }
  if (maskCards(key).found > 0) return "`idempotencyKey` looks like a card number: use a random UUID.";
  if (!/^[\x21-\x7e]{1,100}$/.test(key)) {
    return "`idempotencyKey` must be 1 to 100 visible ASCII characters without spaces.";
  }
  return undefined;
}

const refused = (message: string) => ({ __typename: "ExportRefused", message }) as const;

/** Found again by id: the row level security of exports hides what the requester no longer covers. */
const ADD = `
  insert into transactions.export as t (merchant_id, id, merchants, limits, request, request_hash, idempotency_key,
    requested_by, requested_name)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning ${EXPORT_ROW}`;

const KNOWN = `select ${EXPORT_ROW} from transactions.export t where t.merchant_id = $1 and t.id = $2`;
