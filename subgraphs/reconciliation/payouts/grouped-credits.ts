import type { Transaction } from "../../shared/database/scope.ts";
import { BY_PROVIDER, COULD_BE, NAMED } from "./fits.ts";
import { type SumOutcome, solveSums, type Target } from "./sums.ts";

/** One entry whose text names several payouts, or one payout that several entries name: only where the sum is exact. */
export async function matchNamedGroups(transaction: Transaction, merchantId: string, runId: string): Promise<void> {
  for (const side of ["e", "p"] as const) await transaction.query(namedGroups(side), [merchantId, runId]);
}

/**
 * One entry that pays several payouts, or one payout that comes in several entries, by sums within a provider's payouts
 * and the entries that name it: taken only when the sum can be made up in one way and nothing else wants a part of it.
 * What may be made up in more ways, and what would take too long to know, is a discrepancy. Asked last.
 */
export async function matchSums(transaction: Transaction, merchantId: string, runId: string): Promise<void> {
  const fits = await transaction.query<Fit>(FITS);
  const groups = new Map<string, Fit[]>();
  for (const fit of fits) groups.set(fit.provider, [...(groups.get(fit.provider) ?? []), fit]);
  const credits: Credit[] = [];
  const doubts: Doubt[] = [];
  for (const group of groups.values()) {
    const { made, doubted } = solveGroup(group);
    credits.push(...made);
    doubts.push(...doubted);
  }
  await transaction.query(CREDIT, [merchantId, runId, JSON.stringify(credits)]);
  await transaction.query(DOUBT, [merchantId, runId, JSON.stringify(doubts)]);
  await transaction.query(CERTAIN, [merchantId]);
}

/** An open entry and an open payout that could have to do with each other; amounts are positive. */
type Fit = {
  readonly provider: string;
  readonly entry_id: string;
  readonly entry_minor: bigint;
  readonly payout_id: string;
  readonly payout_minor: bigint;
};
type Credit = { readonly entry: string; readonly payout: string };
type Doubt = { readonly entry: string; readonly payouts: readonly string[]; readonly provider: string; why: string };

function solveGroup(fits: readonly Fit[]): { readonly made: readonly Credit[]; readonly doubted: readonly Doubt[] } {
  const amounts = new Map(
    fits.flatMap((fit): [string, bigint][] => [
      [fit.entry_id, fit.entry_minor],
      [fit.payout_id, fit.payout_minor],
    ]),
  );
  const ofEntries = targetsOf(fits, (fit) => [fit.entry_id, fit.payout_id], amounts);
  const ofPayouts = targetsOf(fits, (fit) => [fit.payout_id, fit.entry_id], amounts);
  const byEntry = solveSums(ofEntries, amounts);
  const byPayout = solveSums(ofPayouts, amounts);
  const sets = [...setsOf(byEntry), ...setsOf(byPayout)];
  const uses = new Map<string, number>();
  for (const member of sets.flat()) uses.set(member, (uses.get(member) ?? 0) + 1);
  const isAlone = (set: readonly string[]) => set.every((member) => uses.get(member) === 1);
  const certain = sets.filter(isAlone).map((set) => new Set(set));
  const inCertain = (fit: Fit) => certain.some((set) => set.has(fit.entry_id) && set.has(fit.payout_id));
  return {
    made: fits.filter(inCertain).map(({ entry_id, payout_id }) => ({ entry: entry_id, payout: payout_id })),
    doubted: ofEntries.flatMap(({ id, parts }): Doubt[] => {
      const why = doubtOf(byEntry.get(id)!);
      const provider = fits.find(({ entry_id }) => entry_id === id)!.provider;
      return why && !certain.some((set) => set.has(id)) ? [{ entry: id, payouts: parts, provider, why }] : [];
    }),
  };
}

function targetsOf(
  fits: readonly Fit[],
  ends: (fit: Fit) => readonly [string, string],
  amounts: ReadonlyMap<string, bigint>,
): readonly Target[] {
  const parts = new Map<string, string[]>();
  for (const fit of fits) {
    const [target, part] = ends(fit);
    parts.set(target, [...(parts.get(target) ?? []), part]);
  }
  return [...parts].map(([id, all]) => ({ id, amountMinor: amounts.get(id)!, parts: all }));
}

/** Each whole: the target with its parts. Of one part it is a pair, which an earlier stage would have taken were it one. */
function setsOf(outcomes: ReadonlyMap<string, SumOutcome>): (readonly string[])[] {
  return [...outcomes].flatMap(([id, outcome]) =>
    outcome.kind === "UNIQUE" && outcome.parts.length > 1 ? [[id, ...outcome.parts]] : [],
  );
}

function doubtOf(outcome: SumOutcome): string | undefined {
  if (outcome.kind === "CUT") return "the search for the payouts that make it up was cut before it knew";
  if (outcome.kind !== "SEVERAL") return undefined;
  return "more than one set of payouts makes it up, or other entries want the same ones";
}

function namedGroups(one: "e" | "p"): string {
  const many = one === "e" ? "p" : "e";
  return `
  with named as (
    select e.id as e, p.id as p, e.amount_minor as e_minor, p.amount_minor as p_minor
    from open_entry e
    join open_payout p on p.way = 'PAID' and ${COULD_BE} and ${NAMED}
  ), whole as (
    select ${one}, array_agg(${many}) as parts from named n
    where (select count(*) from named o where o.${many} = n.${many}) = 1
    group by ${one}, ${one}_minor having count(*) > 1 and sum(${many}_minor) = ${one}_minor
  ), made as (
    insert into reconciliation.payout_credit (merchant_id, id, payout_id, bank_entry_id, way, stage, difference_minor,
      allocated_minor, run_id)
    select $1, concord.stable_id('crd', n.p, n.e, $2), n.p, n.e, 'PAID', 'REFERENCE_GROUP', 0, n.${many}_minor, $2
    from named n join whole w on w.${one} = n.${one}
    returning payout_id, bank_entry_id
  ), without_entries as (
    delete from open_entry e using made m where m.bank_entry_id = e.id
  )
  delete from open_payout p using made m where m.payout_id = p.id and p.way = 'PAID'`;
}

/** Beyond this many at once a sum proves nothing, and the search would be long. */
const MOST_PARTS = 40;

const FITS = `
  select * from (
    select p.provider || ' ' || p.currency as provider, e.id as entry_id, abs(e.amount_minor) as entry_minor,
      p.id as payout_id, abs(p.amount_minor) as payout_minor, count(*) over (partition by e.id) as payouts
    from open_entry e
    join open_payout p on p.way = 'PAID' and ${COULD_BE} and ${BY_PROVIDER}
  ) f where payouts <= ${MOST_PARTS}
  order by provider, entry_id, payout_id`;

/** Each credit takes the smaller side whole: a part of the entry, or the entry as a part of the payout. */
const CREDIT = `
  insert into reconciliation.payout_credit (merchant_id, id, payout_id, bank_entry_id, way, stage, difference_minor,
    allocated_minor, run_id)
  select $1, concord.stable_id('crd', c.payout, c.entry, $2), c.payout, c.entry, 'PAID', 'SUM', 0,
    sign(e.amount_minor) * least(abs(e.amount_minor), abs(p.amount_minor)), $2
  from jsonb_to_recordset($3::jsonb) as c (entry text, payout text)
  join open_entry e on e.id = c.entry
  join open_payout p on p.id = c.payout and p.way = 'PAID'`;

const DOUBT = `
  insert into reconciliation.discrepancy as d (merchant_id, id, type, provider, line_id, transaction_id, candidates,
    currency, amount_at_risk_minor, explanation, run_id)
  select $1, concord.stable_id('dis', 'AMBIGUOUS_MATCH', c.entry), 'AMBIGUOUS_MATCH', split_part(c.provider, ' ', 1), null,
    null, c.payouts, e.currency, abs(e.amount_minor),
    format('the bank booked %s %s on %s: %s; none was chosen', concord.decimal_text(e.amount_minor, e.currency), e.currency,
      e.booking_date, c.why), $2
  from jsonb_to_recordset($3::jsonb) as c (entry text, payouts text[], provider text, why text)
  join open_entry e on e.id = c.entry
  on conflict (merchant_id, id) do update set seen_at = clock_timestamp(), candidates = excluded.candidates,
    explanation = excluded.explanation, run_id = excluded.run_id`;

const CERTAIN = `
  update reconciliation.discrepancy d
  set state = 'RESOLVED', resolution = 'MATCHED', resolved_by = null, resolution_reason = null,
    resolved_at = clock_timestamp()
  from reconciliation.payout_credit c
  where d.merchant_id = $1 and d.type = 'AMBIGUOUS_MATCH' and d.state <> 'RESOLVED' and d.line_id is null
    and c.merchant_id = d.merchant_id and c.released_at is null
    and d.id = concord.stable_id('dis', 'AMBIGUOUS_MATCH', c.bank_entry_id)`;
