import { Field, InputType } from "type-graphql";
import { maskCards } from "../../shared/card-detector.ts";
import { DateTimeScalar, TimeZoneScalar } from "../../shared/scalars.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { AS_OF, heldAsOf } from "../../shared/subgraph/transactions-as-of.ts";
import type { ExportLocale } from "../export-formats/export-words.ts";
import { listConditions } from "../list-conditions.ts";
import { TransactionFilter } from "../transaction-filter.ts";
import { TransactionOrder } from "../transaction-list.ts";
import { addExport, type ExportOutcome, refused } from "./add-export.ts";
import {
  EXPORT_COLUMNS,
  type ExportColumn,
  isOfNowAlone,
  OVERVIEW_COLUMNS,
  tellsOfSettlements,
} from "./export-columns.ts";
import { type Covered, exportReach, needsSettlements } from "./export-reach.ts";
import {
  ExportColumnEnum,
  type ExportFormat,
  ExportFormatEnum,
  ExportLocaleEnum,
  type ExportRequest,
} from "./export-type.ts";

@InputType("CreateExportInput", { description: "What to export: what a list shows, and how the file is written." })
export class CreateExportInput {
  @Field(() => TransactionFilter, { nullable: true, description: "Which transactions, as for the list." })
  filter?: TransactionFilter | null;

  @Field(() => TransactionOrder, { nullable: true, description: "The latest first when not given." })
  order?: TransactionOrder | null;

  @Field(() => [ExportColumnEnum], {
    nullable: true,
    description: "Columns in order, each once; when not given all that you may see, or in a PDF those of the overview.",
  })
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

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: `${AS_OF} Payouts are not kept as they were: PAYOUT_REFERENCE is refused with it.`,
  })
  asOf?: Date | null;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it answers the same export." })
  idempotencyKey!: string;
}

/** Records the export and the order to write it in one transaction. Throws FORBIDDEN where the caller may export nothing. */
export async function createExport(context: RequestContext, input: CreateExportInput): Promise<ExportOutcome> {
  const planned = await plannedExport(context, input);
  return planned instanceof Refusal
    ? refused(planned.message)
    : addExport(context, { ...planned, key: input.idempotencyKey });
}

/** Why something cannot be exported. */
export class Refusal {
  constructor(readonly message: string) {}
}

/** What would be exported, as it is kept. Throws FORBIDDEN where the caller may export nothing. */
export async function plannedExport(
  context: RequestContext,
  input: CreateExportInput,
): Promise<(Covered & { readonly request: ExportRequest }) | Refusal> {
  const reach = exportReach(context);
  const request = requestOf(input);
  const problem = problemOf(request);
  if (problem !== undefined) return new Refusal(problem);
  // What the list refuses is refused here, and not by the worker later.
  await listConditions(context, reach, request.filter, await heldAsOf(context, input.asOf));
  const merchants = namedOf(reach.merchants, request.filter.merchants);
  if (needsSettlements(request) && !seesSettlementsOf(context, merchants)) {
    const columns = request.columns.filter(tellsOfSettlements).join(", ");
    if (input.columns) return new Refusal(`${columns} need "settlements:view": leave them out.`);
    return plannedExport(context, {
      ...input,
      columns: request.columns.filter((column) => !tellsOfSettlements(column)),
    });
  }
  const limits = Object.fromEntries(Object.entries(reach.limits).filter(([merchant]) => merchants.includes(merchant)));
  return { merchants, limits, request };
}

/** Merchants of a filter, as far as they are among those. */
export function namedOf(merchants: readonly string[], named: readonly string[] | null | undefined): readonly string[] {
  return named ? merchants.filter((merchant) => named.includes(merchant)) : merchants;
}

function seesSettlementsOf(context: RequestContext, merchants: readonly string[]): boolean {
  const seen = context.reach("settlements:view").merchants;
  return merchants.every((merchant) => seen.includes(merchant));
}

function requestOf(input: CreateExportInput): ExportRequest {
  const { filter, order = null, columns, format, locale, zone, bom, asOf = null } = input;
  const all = EXPORT_COLUMNS.filter((column) => asOf === null || !isOfNowAlone(column));
  const request: ExportRequest = {
    content: "TRANSACTIONS",
    filter: filter ?? {},
    order,
    columns: columns ?? (format === "PDF" ? OVERVIEW_COLUMNS : all),
    format,
    locale,
    zone,
    bom: bom ?? true,
    ...(asOf && { asOf: asOf.toISOString() }),
  };
  // As it will be read back, so that what is checked now is what will be written.
  return JSON.parse(JSON.stringify(request, (_, value) => (typeof value === "bigint" ? `${value}` : value)));
}

function problemOf(request: ExportRequest): string | undefined {
  const { columns, asOf } = request;
  if (columns.length === 0) return "`columns` is empty: name one at least, or leave it out for all.";
  if (new Set(columns).size < columns.length) return "`columns` names one twice: name each once.";
  const ofNow = columns.filter(isOfNowAlone);
  if (asOf && ofNow.length > 0) return `${ofNow.join(", ")} is not known as of an instant: leave it out, or \`asOf\`.`;
  // It is kept, and printed in the file.
  if (maskCards(JSON.stringify(request.filter)).found > 0) {
    return "`filter` has what looks like a card number: search by its last four digits.";
  }
  return undefined;
}
