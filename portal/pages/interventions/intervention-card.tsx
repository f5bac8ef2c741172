import { useEffect, useRef } from "react";
import { Button } from "../../design/button.tsx";
import { domainStrings } from "../../domain/domain-strings.ts";
import { methodName, providerName } from "../../domain/method-name.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { interventionsStrings } from "./interventions-strings.ts";
import type { Verdict, Waiting } from "./waiting.ts";

type InterventionCardProps = {
  readonly payment: Waiting;
  readonly isSelected: boolean;
  readonly onDecide: (verdict: Verdict) => void;
  readonly onOpen: () => void;
};

/** One payment that waits, with what a person needs to find its receipt. */
export function InterventionCard({ payment, isSelected, onDecide, onOpen }: InterventionCardProps) {
  const t = useStrings(interventionsStrings);
  const domain = useStrings(domainStrings);
  const { money, dateTime, ago } = useFormats();
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isSelected) item.current?.scrollIntoView({ block: "nearest" });
  }, [isSelected]);
  const places = [payment.location?.name, payment.terminal?.tid, `№ ${payment.transactionNumber}`].filter(Boolean);
  return (
    <li ref={item} className="interventions__card panel" data-selected={isSelected}>
      <div>
        <p className="interventions__amount">{money(payment.amount)}</p>
        <p className="soft">{ago(payment.occurredAt)}</p>
      </div>
      <div>
        <p>
          <strong>{methodName(payment.paymentMethod, domain.methods)}</strong> · {providerName(payment.provider)}
        </p>
        <p className="soft">
          {dateTime(payment.occurredAt)} · {places.join(" · ")}
        </p>
      </div>
      <div className="interventions__acts">
        <Button look="quiet" onClick={onOpen}>
          {t.details}
        </Button>
        {payment.assignableStatuses.includes("FAILED") && (
          <Button look="danger" onClick={() => onDecide("FAILED")}>
            {t.notPaid}
          </Button>
        )}
        {payment.assignableStatuses.includes("SUCCESS") && (
          <Button look="primary" onClick={() => onDecide("SUCCESS")}>
            {t.paid}
          </Button>
        )}
      </div>
    </li>
  );
}
