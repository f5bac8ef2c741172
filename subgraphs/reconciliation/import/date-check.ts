export type DateCheck = {
  /** Why a row of this time cannot be taken; undefined if it can. */
  readonly problemOf: (at: Date) => { readonly code: "FUTURE_DATE"; readonly problem: string } | undefined;
  /** True once a time was seen that has not come yet. */
  readonly isAhead: () => boolean;
};

/**
 * A sender's clock may be a day ahead, which is noted. What is dated later than that is a date misread or miswritten, and
 * money of the year 9999 would stand at the head of every list.
 */
export function createDateCheck(now: number = Date.now()): DateCheck {
  const latest = now + LONGEST_AHEAD_MS;
  let isAhead = false;
  return {
    problemOf: (at) => {
      const time = at.getTime();
      if (time <= now) return undefined;
      isAhead = true;
      if (time <= latest) return undefined;
      const problem = `the row is dated ${at.toISOString().slice(0, 10)}, more than two days from now; ask the provider which day is meant`;
      return { code: "FUTURE_DATE", problem };
    },
    isAhead: () => isAhead,
  };
}

const LONGEST_AHEAD_MS = 2 * 24 * 3_600_000;
