import { ICONS, Icon } from "../../../design/icon.tsx";
import { useFormats, useStrings } from "../../../language/language.tsx";
import { matchesStrings } from "./matches-strings.ts";
import type { Pick, Subject } from "./subject.ts";

type SumsProps = { readonly subject: Subject; readonly picks: readonly Pick[] };

/** Several of one side are weighed together: what they come to, and what is left between them and the other. */
export function Sums({ subject: { amount }, picks }: SumsProps) {
  const t = useStrings(matchesStrings);
  const { money } = useFormats();
  if (picks.length < 2 || picks.some((each) => each.amount.currency !== amount.currency)) return null;
  const sum = picks.reduce((total, each) => total + BigInt(each.amount.amountMinor), 0n);
  const left = BigInt(amount.amountMinor) - sum;
  const inCurrency = (minor: bigint) => money({ amountMinor: String(minor), currency: amount.currency });
  return (
    <p className={`notice ${left === 0n ? "notice--good" : "notice--warn"}`} role="status">
      <Icon path={left === 0n ? ICONS.check : ICONS.dispute} />
      {t.sums(picks.length, inCurrency(sum), money(amount), left === 0n ? "" : inCurrency(left))}
    </p>
  );
}
