import { assessCoverage, type CoverageRow, type SequenceGap } from "../../shared/coverage/assess-coverage.ts";
import { addDays, startOfDay } from "../../shared/days.ts";
import { businessDateOf } from "../../shared/time.ts";
import type { Coverage, CoverageState } from "./coverage-type.ts";

/** What is known of one provider at one merchant. */
export type ProviderFacts = {
  /** The merchant's time zone: the days of files are its days. */
  readonly zone: string;
  /** True where the caller sees some locations only: what belongs to the whole merchant is then not told. */
  readonly isLimited: boolean;
  readonly accounts: readonly FilesOfAccount[];
  /** When its latest payment was, of those that the caller may see. */
  readonly lastPaymentAt: Date | null;
  /** When it last told of a payment by itself, without a file. */
  readonly noticedAt: Date | null;
};

export type FilesOfAccount = Pick<CoverageRow, "days" | "numbers" | "last_date" | "last_received_at">;

/** Either end may be open. */
export type Span = { readonly from: Date | null; readonly to: Date | null };

export type Judgement = Omit<Coverage, "provider" | "reason"> & { readonly reason: string };

/** Says what a figure over `span` has of a provider. */
export function judgeCoverage(facts: ProviderFacts, span: Span, now: Date): Judgement {
  const { accounts, noticedAt, lastPaymentAt, isLimited, zone } = facts;
  if (isLimited) return unknown(lastPaymentAt, `${LIMITED} ${lastOf(lastPaymentAt, "there", zone)}`);
  if (accounts.length > 0) return byFiles(facts, span, now);
  if (noticedAt) return byNotices(noticedAt, span, { zone, now });
  if (lastPaymentAt) return unknown(lastPaymentAt, `${BY_OTHERS} ${lastOf(lastPaymentAt, "known", zone)}`);
  return { state: "NEVER", freshAsOf: null, missingFrom: null, reason: "Nothing of it has come yet, file or notice." };
}

/** The same as of an instant, which is `now`; what is known only of a later one is left out, and that is said. */
export function judgeCoverageAsOf(facts: ProviderFacts, span: Span, now: Date): Judgement {
  const { accounts, isLimited } = facts;
  const known = (at: Date | null) => (at && at <= now ? at : null);
  const then = { ...facts, noticedAt: known(facts.noticedAt), lastPaymentAt: known(facts.lastPaymentAt) };
  const isLost = then.noticedAt !== facts.noticedAt || then.lastPaymentAt !== facts.lastPaymentAt;
  if (!isLost) return judgeCoverage(then, span, now);
  if (accounts.length === 0 || isLimited) return unknown(null, LATER_ALONE);
  const judged = judgeCoverage(then, span, now);
  return { ...judged, reason: sentences(judged.reason, LATER_ALONE) };
}

const LATER_ALONE = "Only the latest of what it told without files is kept, and that is of later.";
const LIMITED = "You see some locations only, and whether all has come is told to who sees the whole merchant.";
const BY_OTHERS = "It sends neither files nor notices of its own: its payments are known from the files of others.";

function lastOf(at: Date | null, where: string, zone: string): string {
  return at ? `The last payment ${where} is of ${businessDateOf(at, zone)}.` : `No payment is ${where}.`;
}

function unknown(freshAsOf: Date | null, reason: string): Judgement {
  return { state: "UNKNOWN", freshAsOf, missingFrom: null, reason };
}

type Finding = {
  readonly state: CoverageState;
  readonly from: Date;
  readonly to: Date | null;
  readonly reason: string;
};

function byFiles({ accounts, noticedAt, zone }: ProviderFacts, span: Span, now: Date): Judgement {
  const today = businessDateOf(now, zone);
  const found = accounts
    .flatMap((account) => findingsOf(account, { zone, today }))
    .filter(({ from, to }) => (span.to ?? now) > from && (to === null || span.from === null || span.from < to));
  const covered = earliest(accounts.map((account) => coveredBy(account, zone)));
  const freshAsOf = noticedAt && noticedAt > covered ? noticedAt : covered;
  const [worst] = [...found].sort((a, b) => SEVERITY.indexOf(a.state) - SEVERITY.indexOf(b.state));
  if (worst) {
    const missingFrom = earliest(found.map(({ from }) => from));
    return { state: worst.state, freshAsOf, missingFrom, reason: sentences(worst.reason, noticed(noticedAt, zone)) };
  }
  const lastDay = accounts.map(({ last_date }) => last_date).sort()[0] ?? "";
  const reason = sentences(`Its files cover the days up to ${lastDay}.`, noticed(noticedAt, zone));
  return { state: "FRESH", freshAsOf, missingFrom: null, reason };
}

const SEVERITY: readonly CoverageState[] = ["SILENT", "GAP", "LATE"];

function findingsOf(account: FilesOfAccount, { zone, today }: { zone: string; today: string }): readonly Finding[] {
  const { last_date: last } = account;
  const { usualDays, expectedBy, dueBy, isSilent, gaps } = assessCoverage(account, today);
  const rhythm = `Its files cover the days up to ${last} and come every ${usualDays === 1 ? "day" : `${usualDays} days`} as a rule`;
  const from = startOfDay(addDays(last, 1), zone);
  const missed: Finding[] = [];
  if (isSilent) {
    const reason = `${rhythm}; the next was due by ${dueBy} and has not come: ask the provider for it.`;
    missed.push({ state: "SILENT", from, to: null, reason });
  } else if (expectedBy !== null && today > expectedBy) {
    missed.push({ state: "LATE", from, to: null, reason: `${rhythm}; the next has not come yet.` });
  }
  return [...missed, ...gaps.map((gap) => gapOf(gap, { last, zone }))];
}

/** What is missing lies after the file before it, or within its last day where the file after it is of the same. */
function gapOf(gap: SequenceGap, { last, zone }: { last: string; zone: string }): Finding {
  const { since = last, until = last, from, to } = gap;
  const series = gap.series === "" ? "" : ` of series ${gap.series}`;
  const numbers = from === to ? `Number ${from}${series} is` : `Numbers ${from} to ${to}${series} are`;
  return {
    state: "GAP",
    from: startOfDay(since < until ? addDays(since, 1) : since, zone),
    to: startOfDay(addDays(until, 1), zone),
    reason: `${numbers} missing among its files, although later ones came: ask the provider for what is missing.`,
  };
}

/** A file of today covers what there was when it came. */
function coveredBy({ last_date, last_received_at }: FilesOfAccount, zone: string): Date {
  return earliest([startOfDay(addDays(last_date, 1), zone), last_received_at]);
}

function earliest(instants: readonly Date[]): Date {
  return new Date(Math.min(...instants.map((at) => at.getTime())));
}

function noticed(at: Date | null, zone: string): string {
  return at ? `It tells of payments by itself as well, last on ${businessDateOf(at, zone)}.` : "";
}

function sentences(...parts: readonly string[]): string {
  return parts.filter(Boolean).join(" ");
}

/** Who only tells of payments as they happen has no rhythm but the shop's: a closed weekend is no silence. */
const LATE_AFTER_DAYS = 3;
const SILENT_AFTER_DAYS = 7;

function byNotices(noticedAt: Date, span: Span, { zone, now }: { zone: string; now: Date }): Judgement {
  const last = businessDateOf(noticedAt, zone);
  const today = businessDateOf(now, zone);
  const state =
    today > addDays(last, SILENT_AFTER_DAYS) ? "SILENT" : today > addDays(last, LATE_AFTER_DAYS) ? "LATE" : "FRESH";
  const reason = `It tells of payments by itself, last on ${last}, and sends no files.`;
  if (state === "FRESH" || (span.to && span.to <= noticedAt)) {
    return { state: "FRESH", freshAsOf: noticedAt, missingFrom: null, reason };
  }
  const missingFrom = span.from && span.from > noticedAt ? span.from : noticedAt;
  return { state, freshAsOf: noticedAt, missingFrom, reason: `${reason} Nothing has come since.` };
}
