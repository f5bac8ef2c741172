import { useMemo } from "react";
import { TransactionsToMatchDocument } from "../../../generated/pages/reconciliation/evidence/evidence.ts";
import { usePages } from "../../../graph/use-pages.ts";
import { useZone } from "../../../language/language.tsx";
import { instantOf } from "../../../language/zoned-time.ts";
import { PickList } from "./pick-list.tsx";
import { PickSearch } from "./pick-search.tsx";
import type { PickerProps } from "./subject.ts";
import { usePicks } from "./use-picks.ts";
import { useSought } from "./use-sought.ts";

/** Settlement as a rule comes after the purchase. */
const SPAN = { before: 14, after: 3 };
const DAY_MS = 86_400_000;

/** Transactions of the line's provider that no settlement was found for. */
export function TransactionPicker({ subject, ...rest }: PickerProps) {
  const zone = useZone();
  const { transactionPick } = usePicks();
  const { sought, setSought, settled } = useSought(subject, SPAN);
  const { search, minor, from, to } = settled;
  const { currency } = subject.amount;
  const filter = useMemo(
    () => ({
      merchants: [subject.merchantId],
      providers: [subject.provider],
      reconciliationStates: ["EXPECTED", "PARTIAL", "AMBIGUOUS", "DISCREPANT", "MISSING"] as const,
      occurredAt: {
        from: instantOf(from, zone).toISOString(),
        to: new Date(instantOf(to, zone).getTime() + DAY_MS).toISOString(),
      },
      ...(search !== "" && { search }),
      ...(minor !== undefined && { amount: { currency, minimumMinor: minor, maximumMinor: minor } }),
    }),
    [subject, search, minor, from, to, currency, zone],
  );
  const pages = usePages(TransactionsToMatchDocument, { filter }, ({ transactions }) => transactions);
  return (
    <PickList pages={pages} pickOf={transactionPick} {...rest}>
      <PickSearch sought={sought} onChange={setSought} />
    </PickList>
  );
}
