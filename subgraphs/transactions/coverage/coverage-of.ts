import { COVERAGE_COLUMNS, type CoverageRow, coverageFrom } from "../../shared/coverage/assess-coverage.ts";
import { limitsText } from "../../shared/database/scope.ts";
import type { Reach } from "../../shared/identity/grants.ts";
import type { RequestContext } from "../../shared/subgraph/request-context.ts";
import type { Family } from "../../shared/vocabulary.ts";
import type { TransactionFilter } from "../transaction-filter.ts";
import { COVERAGE_STATES, type Coverage } from "./coverage-type.ts";
import { type Judgement, judgeCoverage, judgeCoverageAsOf, type Span } from "./judge-coverage.ts";

/**
 * Which providers a figure over this filter covers, and how far it can be trusted to have all of each: those that the
 * merchants seen have an account, a contract, files or payments of, by name. What is told depends on the whole of `span`,
 * which is the filter's own period unless another is given. To who is limited to some locations it tells what the
 * payments there show, and nothing of the merchant's files.
 *
 * @param asOf tells what of the files had come by then; of what comes without files only the latest is kept, so it is said
 *   where that was later
 */
export async function coverageOf(
  { query }: Pick<RequestContext, "query">,
  reach: Reach,
  filter: TransactionFilter,
  span: Span = { from: filter.occurredAt?.from ?? null, to: filter.occurredAt?.to ?? null },
  asOf: Date | null = null,
): Promise<readonly Coverage[]> {
  const seen = (merchants: readonly string[]) =>
    merchants.filter((merchant) => filter.merchants?.includes(merchant) ?? true);
  const whole = seen(reach.whole);
  const parameters = [seen(reach.merchants), whole, limitsText(reach.limits)];
  const known = await query<KnownRow>(KNOWN, parameters, "coverage-providers");
  const files = await query<CoverageRow>(FILES, [whole, asOf ?? "infinity"], "coverage-files");
  const now = asOf ?? new Date();
  const judged = new Map<string, Judgement[]>();
  for (const row of known.filter((one) => isAsked(one, filter))) {
    const { merchant_id: merchant, provider } = row;
    const facts = {
      zone: row.zone,
      isLimited: !whole.includes(merchant),
      accounts: files.filter((file) => file.merchant_id === merchant && file.provider === provider),
      lastPaymentAt: row.last_at,
      noticedAt: row.noticed_at,
    };
    const judge = asOf ? judgeCoverageAsOf : judgeCoverage;
    judged.set(provider, [...(judged.get(provider) ?? []), judge(facts, span, now)]);
  }
  return [...judged].map(([provider, ofMerchants]) => ({ provider, ...together(ofMerchants) }));
}

type KnownRow = {
  readonly merchant_id: string;
  readonly zone: string;
  readonly provider: string;
  /** Null while no payment of it is known: it may then be of any. */
  readonly families: readonly Family[] | null;
  readonly last_at: Date | null;
  readonly noticed_at: Date | null;
};

function isAsked({ provider, families }: KnownRow, filter: TransactionFilter): boolean {
  const isNamed = filter.providers?.includes(provider) ?? true;
  const isOfFamily = !filter.families || !families || families.some((family) => filter.families?.includes(family));
  return isNamed && isOfFamily;
}

/** A figure over several merchants is as good as the worst of them. */
function together(judged: readonly Judgement[]): Judgement {
  const state = COVERAGE_STATES.find((one) => judged.some((judgement) => judgement.state === one)) ?? "UNKNOWN";
  const worst = judged.filter((judgement) => judgement.state === state);
  const at = judged.length === 1 ? "" : `At ${worst.length} of ${judged.length} merchants: `;
  return {
    state,
    freshAsOf: leastOf(judged.map(({ freshAsOf }) => freshAsOf)),
    missingFrom: leastOf(judged.map(({ missingFrom }) => missingFrom).filter((from) => from !== null)),
    reason: `${at}${worst[0]?.reason ?? ""}`,
  };
}

/** Null where one is: what never came is not fresh as of any time. */
function leastOf(instants: readonly (Date | null)[]): Date | null {
  if (instants.length === 0 || instants.includes(null)) return null;
  return new Date(Math.min(...instants.map((at) => at?.getTime() ?? 0)));
}

/** $1: merchants, $2: those of them that are seen whole, $3: limits. The bank is no provider of payments. */
const KNOWN = `
  with told as (
    select t.merchant_id, t.provider, array_agg(distinct t.family) as families, max(t.last_at) as last_at,
      max(t.noticed_at) filter (where t.merchant_id = any($2::text[])) as noticed_at
    from transactions.provider_seen t
    where t.merchant_id = any($1::text[])
      and (t.merchant_id = any($2::text[]) or jsonb_exists($3::jsonb -> t.merchant_id, t.location_id))
    group by t.merchant_id, t.provider
  ), known as (
    select merchant_id, provider from told
    union select merchant_id, provider from accounts.provider_account where merchant_id = any($2::text[])
    union select merchant_id, provider from reconciliation.file_account where merchant_id = any($2::text[])
    union select merchant_id, provider from reconciliation.fee_contract
      where merchant_id = any($2::text[]) and (valid_to is null or valid_to >= current_date)
  )
  select k.merchant_id, m.zone, k.provider, t.families, t.last_at, t.noticed_at
  from known k join accounts.merchant m on m.merchant_id = k.merchant_id
  left join told t on t.merchant_id = k.merchant_id and t.provider = k.provider
  where k.provider <> 'bank'
  order by k.provider, k.merchant_id`;

/** $2: by when they had come. */
const FILES = `select ${COVERAGE_COLUMNS} from ${coverageFrom("$2")}
  where t.merchant_id = any($1::text[]) and t.provider <> 'bank'`;
