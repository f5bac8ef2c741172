import { Field, ID, InputType } from "type-graphql";
import { DateScalar, TimeZoneScalar } from "../../shared/scalars.ts";
import { forbidden, type RequestContext } from "../../shared/subgraph/request-context.ts";
import type { ExportLocale } from "../export-formats/export-words.ts";
import { addExport, type ExportOutcome, refused } from "./add-export.ts";
import { namedOf } from "./create-export.ts";
import { exportReach } from "./export-reach.ts";
import { type ExportFormat, ExportFormatEnum, ExportLocaleEnum } from "./export-type.ts";

@InputType("CreateJournalInput", { description: "Which payouts to write the bookings of, and how." })
export class CreateJournalInput {
  @Field(() => [ID], { nullable: true, description: "Merchants, of those that you may see whole; all when not given." })
  merchants?: string[] | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: "First day of payouts: their value date, or the last day that their lines were booked on.",
  })
  from?: string | null;

  @Field(() => DateScalar, { nullable: true, description: "Last day, which is part of the period." })
  to?: string | null;

  @Field(() => ExportFormatEnum, { description: "What kind of file." })
  format!: ExportFormat;

  @Field(() => ExportLocaleEnum, { description: "The language of headers; accounts keep the schema's words." })
  locale!: ExportLocale;

  @Field(() => TimeZoneScalar, { description: "The zone of the time that it was made: `Europe/Brussels`." })
  zone!: string;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a CSV begins with a byte order mark; true when not given.",
  })
  bom?: boolean | null;

  @Field(() => String, { description: "1 to 100 characters of your choice; sent again, it answers the same export." })
  idempotencyKey!: string;
}

/** A payout is of a whole merchant, and so is its journal. Throws FORBIDDEN where the caller sees no whole one. */
export async function createJournal(context: RequestContext, input: CreateJournalInput): Promise<ExportOutcome> {
  const { whole } = exportReach(context);
  const settled = context.require("settlements:view");
  const { from = null, to = null, format, locale, zone, bom, idempotencyKey: key } = input;
  const merchants = whole.filter((merchant) => settled.includes(merchant));
  if (merchants.length === 0) throw forbidden("settlements:view");
  if (from !== null && to !== null && from > to) {
    return refused(`The period ends on ${to}, before it begins on ${from}: swap \`from\` and \`to\`.`);
  }
  return addExport(context, {
    merchants: namedOf(merchants, input.merchants),
    limits: {},
    key,
    request: {
      content: "JOURNAL",
      period: { from, to },
      filter: {},
      order: null,
      columns: [],
      format,
      locale,
      zone,
      bom: bom ?? true,
    },
  });
}
