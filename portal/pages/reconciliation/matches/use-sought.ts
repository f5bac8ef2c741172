import { useEffect, useState } from "react";
import { decimalOf, minorOf } from "../../../language/decimals.ts";
import type { Sought } from "./pick-search.tsx";
import type { Subject } from "./subject.ts";

const DAY_MS = 86_400_000;
const PAUSE_MS = 300;
const MOST_DAYS = 92;

type Span = { readonly before: number; readonly after: number };

/** What is looked for: at first the same amount around the same day; what is typed counts a moment later. */
export function useSought({ amount, occurredAt }: Subject, { before, after }: Span) {
  const day = (days: number) => new Date(Date.parse(occurredAt) + days * DAY_MS).toISOString().slice(0, 10);
  const [sought, setSought] = useState<Sought>({
    search: "",
    amount: decimalOf(amount.amountMinor, amount.currency),
    from: day(-before),
    to: day(after),
  });
  const [settled, setSettled] = useState(sought);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(sought), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [sought]);
  const minor = settled.amount.trim() === "" ? undefined : minorOf(settled.amount, amount.currency);
  return { sought, setSought, settled: { ...settled, ...bounded(settled), minor } };
}

/** Days as the graph takes them: in their order, and no more than it looks through at once. */
function bounded({ from, to }: Sought): { readonly from: string; readonly to: string } {
  const today = new Date().toISOString().slice(0, 10);
  const first = from || to || today;
  const most = new Date(Date.parse(first) + (MOST_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const [last = most] = [to || most, most].sort();
  const [, until = first] = [first, last].sort();
  return { from: first, to: until };
}
