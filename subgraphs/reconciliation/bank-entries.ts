import { Arg, Args, Ctx, Query, Resolver } from "type-graphql";
import { batched, byKey } from "../shared/subgraph/batched.ts";
import { conditions } from "../shared/subgraph/conditions.ts";
import { keysetPage, type PageRequest } from "../shared/subgraph/keyset-page.ts";
import { ForwardPage } from "../shared/subgraph/page-type.ts";
import type { RequestContext } from "../shared/subgraph/request-context.ts";
import { BankEntry, BankEntryConnection, BankEntryFilter } from "./bank-entry-type.ts";

@Resolver(() => BankEntry)
export class BankEntryResolver {
  @Query(() => BankEntryConnection, { nullable: true, description: "What banks booked, the latest booking first." })
  bankEntries(
    @Ctx() context: RequestContext,
    @Args(() => ForwardPage) page: ForwardPage,
    @Arg("filter", () => BankEntryFilter, { nullable: true, description: "Which; all when not given." })
    filter?: BankEntryFilter | null,
  ) {
    return bankEntryPage(context, filter ?? {}, page);
  }
}

function bankEntryPage(context: RequestContext, filter: BankEntryFilter, page: PageRequest) {
  const where = conditions([context.require("settlements:view")])
    .add("t.account = ?", filter.account?.replaceAll(" ", ""))
    .add("t.booking_date >= ?::date", filter.bookedFrom)
    .add("t.booking_date <= ?::date", filter.bookedTo)
    .add("t.currency = ?", filter.currency);
  if (filter.direction) where.always(filter.direction === "CREDIT" ? "t.amount_minor >= 0" : "t.amount_minor < 0");
  const sort = { column: "t.booking_date", type: "date", direction: "DESC" } as const;
  return keysetPage<Row, BankEntry>(
    context,
    { list: "bank-entries", from: FROM, columns: COLUMNS, where, sort },
    page,
    entryOf,
  );
}

export const bankEntryById = batched<BankEntry>(async (context, ids) => {
  const parameters = [context.require("settlements:view"), ids];
  const text = `select ${COLUMNS} from ${FROM} where t.merchant_id = any($1::text[]) and t.id = any($2::text[])`;
  return byKey(await context.query<Row>(text, parameters, "bank-entries-by-id"), ({ id }) => id, entryOf);
});

type Row = {
  readonly id: string;
  readonly account: string;
  readonly statement: string;
  readonly booking_date: string;
  readonly value_date: string | null;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly reversal: boolean;
  readonly code: string;
  readonly end_to_end_id: string | null;
  readonly remittance: string;
  readonly structured_type: string | null;
  readonly structured_value: string | null;
  readonly pos_number: string | null;
  readonly pos_period: string | null;
  readonly pos_sequence: string | null;
  readonly pos_local_time: string | null;
  /** Amounts in JSON are text, so that none of them passes through a float. */
  readonly parts: readonly {
    readonly amountMinor: string;
    readonly currency: string;
    readonly endToEndId: string | null;
    readonly reference: string | null;
    readonly remittance: string;
  }[];
  readonly file_name: string | null;
  readonly line_number: bigint;
};

const COLUMNS = `t.id, t.account, t.statement, t.booking_date, t.value_date, t.currency, t.amount_minor, t.reversal,
  t.code, t.end_to_end_id, t.remittance, t.structured_type, t.structured_value, t.pos_number, t.pos_period,
  t.pos_sequence, t.pos_local_time, t.parts, f.name as file_name, t.line_number`;

const FROM = `reconciliation.bank_entry t
  left join reconciliation.source_file f on f.id = t.file_id and f.merchant_id in (t.merchant_id, 'platform')`;

function entryOf(row: Row): BankEntry {
  const { structured_type: type, structured_value: value, pos_number: posNumber } = row;
  return {
    id: row.id,
    account: row.account,
    statement: row.statement,
    bookingDate: row.booking_date,
    valueDate: row.value_date,
    amount: { amountMinor: row.amount_minor, currency: row.currency },
    reversal: row.reversal,
    code: row.code,
    endToEndId: row.end_to_end_id,
    remittance: row.remittance,
    structured: type !== null && value !== null ? { type, value } : null,
    pos:
      posNumber === null
        ? null
        : {
            posNumber,
            period: row.pos_period ?? "",
            sequence: row.pos_sequence ?? "",
            localTime: row.pos_local_time ?? "",
          },
    parts: row.parts.map(({ amountMinor, currency, ...texts }) => ({
      amount: { amountMinor: BigInt(amountMinor), currency },
      ...texts,
    })),
    fileName: row.file_name,
    lineNumber: row.line_number,
  };
}
