import { addDays } from "./calendar.ts";

/** What one file of each kind is about: a week, or as many as were asked for. */
export type Week = {
  readonly from: string;
  readonly to: string;
  /** Days of trade that this week's acquirer batch and voucher reimbursement cover, both inclusive. */
  readonly batch: { readonly from: string; readonly to: string };
  readonly reimbursement: { readonly from: string; readonly to: string };
  /** The day both are booked. */
  readonly bookedOn: string;
};

export type Period = { readonly from: string; readonly to: string; readonly weeks: readonly Week[] };

/**
 * Weeks of trade. A batch covers Friday to Thursday and a reimbursement Thursday to Wednesday if `from` is a Monday, so
 * the last days of a period are sold and not settled yet.
 */
export function periodOf(from: string, weeks: number, weeksPerFile = 1): Period {
  return {
    from,
    to: addDays(from, weeks * 7 - 1),
    weeks: Array.from({ length: Math.ceil(weeks / weeksPerFile) }, (_, index) => {
      const monday = addDays(from, index * weeksPerFile * 7);
      const lastMonday = addDays(from, (Math.min((index + 1) * weeksPerFile, weeks) - 1) * 7);
      const since = (offset: number) => (index === 0 ? from : addDays(monday, offset - 6));
      return {
        from: monday,
        to: addDays(lastMonday, 6),
        batch: { from: since(3), to: addDays(lastMonday, 3) },
        reimbursement: { from: since(2), to: addDays(lastMonday, 2) },
        bookedOn: addDays(lastMonday, 4),
      };
    }),
  };
}

/** The acquirer skips the second week's batch and settles two weeks in the third's. */
export function withMergedBatch(period: Period): Period {
  const [first, skipped, merged, ...rest] = period.weeks;
  if (!first || !skipped || !merged) return period;
  return {
    ...period,
    weeks: [first, { ...merged, batch: { from: skipped.batch.from, to: merged.batch.to } }, ...rest],
  };
}

export function dayOf(purchase: { readonly time: string }): string {
  return purchase.time.slice(0, 10);
}

export function within(purchase: { readonly time: string }, { from, to }: { from: string; to: string }): boolean {
  return dayOf(purchase) >= from && dayOf(purchase) <= to;
}
