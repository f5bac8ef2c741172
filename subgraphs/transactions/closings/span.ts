import { addDays, startOfDay } from "../../shared/days.ts";
import { businessDateOf } from "../../shared/time.ts";
import { type ClosingRefused, refusedClosing } from "./close-period-input.ts";
import type { ClosingKind } from "./closing-type.ts";

export type Span = { readonly from: Date; readonly to: Date };

/** The last closing of a chain. */
export type Last = {
  readonly id: string;
  readonly number: number;
  readonly ends_at: Date;
  readonly hash: string;
  readonly first_begins_at: Date;
};

type Asked = {
  readonly kind: ClosingKind;
  readonly from?: Date | null | undefined;
  readonly to: Date;
  readonly zone: string;
  readonly last: Last | undefined;
};

/** What is closed, or why it cannot be. */
export function spanOf({ kind, from: given, to, zone, last }: Asked): Span | ClosingRefused {
  const dayBefore = startOfDay(addDays(businessDateOf(to, zone), -1), zone);
  const from = given ?? last?.ends_at ?? (kind === "DAY" ? dayBefore : undefined);
  if (!from) return refusedClosing("NO_BEGINNING");
  if (from >= to) return refusedClosing("ENDS_FIRST");
  if (to > new Date()) return refusedClosing("NOT_OVER");
  if (last && from < last.ends_at) return refusedClosing("OVERLAPS");
  const isMidnight = startOfDay(businessDateOf(to, zone), zone).getTime() === to.getTime();
  if (kind === "DAY" && !(isMidnight && from.getTime() === dayBefore.getTime())) return refusedClosing("NOT_A_DAY");
  return { from, to };
}
