import { ICONS, Icon } from "../design/icon.tsx";
import type { TransactionRowFragment } from "../generated/pages/transactions/transactions.ts";
import { useStrings } from "../language/language.tsx";
import { domainStrings } from "./domain-strings.ts";

type Status = TransactionRowFragment["status"];

type StatusMarkProps = {
  readonly status: Status;
  /** Whether a person decided it: a hand says so. */
  readonly isManual: boolean;
};

export function StatusMark({ status, isManual }: StatusMarkProps) {
  const t = useStrings(domainStrings);
  return (
    <span className={`status status--${status.toLowerCase()}`}>
      <span className="status__dot" aria-hidden="true" />
      <span className="status__name">{t.statuses[status]}</span>
      {isManual && (
        <span className="status__hand" title={t.origins.MANUAL}>
          <Icon path={ICONS.hand} />
          <span className="visually-hidden">{t.origins.MANUAL}</span>
        </span>
      )}
    </span>
  );
}
