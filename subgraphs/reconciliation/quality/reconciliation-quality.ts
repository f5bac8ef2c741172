import { Arg, Ctx, Query, Resolver } from "type-graphql";
import { DateTimeRange } from "../../shared/subgraph/date-time-range.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import { ReconciliationQuality } from "./quality-type.ts";

@Resolver(() => ReconciliationQuality)
export class ReconciliationQualityResolver {
  @Query(() => ReconciliationQuality, {
    nullable: true,
    description: "How good automatic matching was: what it decided, and what people overturned.",
  })
  async reconciliationQuality(
    @Ctx() context: RequestContext,
    @Arg("period", () => DateTimeRange, { nullable: true, description: "Decided when; ever when not given." })
    period?: DateTimeRange | null,
  ): Promise<ReconciliationQuality> {
    const parameters = [context.require("reconciliation:view"), period?.from ?? null, period?.to ?? null];
    const stages = await context.query<StageRow>(BY_STAGE, parameters);
    const amounts = await context.query<AmountRow>(OVERTURNED, parameters);
    const [others] = await context.query<OthersRow>(OTHERS, parameters);
    const made = sumOf(stages, "made");
    const overturned = sumOf(stages, "overturned");
    return {
      made,
      overturned,
      overturnedAmounts: amounts.map(({ currency, minor }) => ({ amountMinor: minor, currency })),
      observedPrecision: made === 0n ? null : shareStanding(made, overturned),
      madeByPeople: others?.by_people ?? 0n,
      leftToPeople: others?.ambiguous ?? 0n,
      rejectedPairs: others?.rejected ?? 0n,
      byStage: stages.map((row) => ({
        stage: row.stage,
        ruleSetHash: row.rule_set_hash,
        made: row.made,
        overturned: row.overturned,
        observedPrecision: shareStanding(row.made, row.overturned),
      })),
    };
  }
}

type StageRow = {
  readonly stage: string;
  readonly rule_set_hash: string;
  readonly made: bigint;
  readonly overturned: bigint;
};
type AmountRow = { readonly currency: string; readonly minor: bigint };
type OthersRow = { readonly by_people: bigint; readonly ambiguous: bigint; readonly rejected: bigint };

function sumOf(rows: readonly StageRow[], figure: "made" | "overturned"): bigint {
  return rows.reduce((sum, row) => sum + row[figure], 0n);
}

/** Counts of matches are far below what a double holds exactly. */
function shareStanding(made: bigint, overturned: bigint): number {
  return Number(made - overturned) / Number(made);
}

const WITHIN = (column: string) => `merchant_id = any ($1::text[])
    and ($2::timestamptz is null or ${column} >= $2) and ($3::timestamptz is null or ${column} < $3)`;

/** What was only inferred from its line was no decision between candidates. */
const DECIDED = `method = 'AUTO' and stage <> 'SETTLEMENT_ONLY' and ${WITHIN("made_at")}`;

const BY_STAGE = `
  select stage, rule_set_hash, count(*) as made, count(released_by) as overturned
  from reconciliation.claim where ${DECIDED}
  group by stage, rule_set_hash
  order by overturned desc, made desc, stage, rule_set_hash`;

const OVERTURNED = `
  select coalesce(l.processing_currency, l.currency) as currency,
    sum(abs(coalesce(l.processing_minor, l.gross_minor)))::bigint as minor
  from (select merchant_id, line_id from reconciliation.claim where ${DECIDED} and released_by is not null) c
  join reconciliation.settlement_line l on l.merchant_id = c.merchant_id and l.id = c.line_id
  group by 1 order by 1`;

const OTHERS = `
  select
    (select count(*) from reconciliation.claim where method <> 'AUTO' and ${WITHIN("made_at")}) as by_people,
    (select count(*) from reconciliation.discrepancy
      where type = 'AMBIGUOUS_MATCH' and line_id is not null and ${WITHIN("opened_at")}) as ambiguous,
    (select count(*) from reconciliation.rejected_pair
      where lifted_at is null and ${WITHIN("rejected_at")}) as rejected`;
