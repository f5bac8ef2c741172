import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { TextField } from "../../design/field.tsx";
import { tell } from "../../design/toast.tsx";
import { domainStrings } from "../../domain/domain-strings.ts";
import { methodName } from "../../domain/method-name.ts";
import { AssignStatusDocument } from "../../generated/pages/interventions/interventions.ts";
import { newIdempotencyKey } from "../../graph/idempotency-key.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { interventionsStrings } from "./interventions-strings.ts";
import type { Verdict, Waiting } from "./waiting.ts";

type AssignStatusDialogProps = {
  readonly payment: Waiting;
  readonly verdict: Verdict;
  readonly onClose: () => void;
  readonly onAssigned: () => void;
};

/** Asks why, and assigns. Pressed twice, or sent again after a lost answer, it is one decision. */
export function AssignStatusDialog({ payment, verdict, onClose, onAssigned }: AssignStatusDialogProps) {
  const t = useStrings(interventionsStrings);
  const domain = useStrings(domainStrings);
  const { money, dateTime } = useFormats();
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<string>();
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [{ fetching }, assign] = useMutation(AssignStatusDocument);
  const save = async () => {
    if (reason.trim() === "") return setProblem(t.reasonMissing);
    const { id: transactionId, version: expectedVersion } = payment;
    const input = { transactionId, status: verdict, expectedVersion, reason: reason.trim(), idempotencyKey };
    const { data, error } = await assign({ input });
    const answer = data?.assignStatus;
    if (!answer) return setProblem(error?.graphQLErrors[0]?.message ?? t.notDone);
    if (answer.__typename !== "StatusAssigned") return setProblem(answer.message);
    tell(t.assigned(domain.statuses[answer.transaction.status]));
    onAssigned();
  };
  return (
    <Dialog title={verdict === "SUCCESS" ? t.askPaid : t.askFailed} closing={t.close} onClose={onClose}>
      <form
        className="section"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p>
          <strong>{money(payment.amount)}</strong> · {methodName(payment.paymentMethod, domain.methods)} ·{" "}
          {dateTime(payment.occurredAt)}
        </p>
        <TextField
          label={t.reason}
          hint={t.reasonHint}
          problem={problem}
          maxLength={1_000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <div className="interventions__acts">
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button look="primary" type="submit" disabled={fetching}>
            {t.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
