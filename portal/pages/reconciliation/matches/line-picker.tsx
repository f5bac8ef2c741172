import { useMemo } from "react";
import { LinesToMatchDocument } from "../../../generated/pages/reconciliation/evidence/evidence.ts";
import { usePages } from "../../../graph/use-pages.ts";
import { PickList } from "./pick-list.tsx";
import { PickSearch } from "./pick-search.tsx";
import type { PickerProps } from "./subject.ts";
import { usePicks } from "./use-picks.ts";
import { useSought } from "./use-sought.ts";

/** Settlement as a rule comes after the purchase. */
const SPAN = { before: 3, after: 30 };

/** Lines of the transaction's provider that no transaction was found for. */
export function LinePicker({ subject, ...rest }: PickerProps) {
  const { linePick } = usePicks();
  const { sought, setSought, settled } = useSought(subject, SPAN);
  const { search, minor, from, to } = settled;
  const filter = useMemo(
    () => ({
      bookedFrom: from,
      bookedTo: to,
      merchantId: subject.merchantId,
      providers: [subject.provider],
      open: true,
      ...(search !== "" && { search }),
      ...(minor !== undefined && { amountMinor: minor, currency: subject.amount.currency }),
    }),
    [subject, search, minor, from, to],
  );
  const pages = usePages(LinesToMatchDocument, { filter }, ({ settlementLines }) => settlementLines);
  return (
    <PickList pages={pages} pickOf={linePick} {...rest}>
      <PickSearch sought={sought} onChange={setSought} />
    </PickList>
  );
}
