import { Badge, type Tone } from "../../design/badge.tsx";
import type { PayoutRowFragment } from "../../generated/pages/money/money.ts";
import { useStrings } from "../../language/language.tsx";
import { moneyStrings } from "./money-strings.ts";

type Status = PayoutRowFragment["status"];

const TONES: Readonly<Record<Status, Tone>> = { SCHEDULED: "plain", IN_TRANSIT: "info", PAID: "good", RETURNED: "bad" };

export function PayoutStatus({ status }: { readonly status: Status }) {
  const t = useStrings(moneyStrings);
  return <Badge tone={TONES[status]}>{t.statuses[status]}</Badge>;
}
