import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "../../../design/button.tsx";
import { Dialog } from "../../../design/dialog.tsx";
import { TextField } from "../../../design/field.tsx";
import { tell } from "../../../design/toast.tsx";
import { MatchRecordsDocument } from "../../../generated/pages/reconciliation/matches/matches.ts";
import { useActKey } from "../../../graph/use-act-key.ts";
import { useStrings } from "../../../language/language.tsx";
import { Comparison } from "../evidence/comparison.tsx";
import { LinePicker } from "./line-picker.tsx";
import { matchesStrings } from "./matches-strings.ts";
import type { Pick, Subject } from "./subject.ts";
import { Sums } from "./sums.tsx";
import { TransactionPicker } from "./transaction-picker.tsx";
import { useRefusal } from "./use-refusal.ts";

type MatchDialogProps = {
  /** The line or the transaction that is looked for a counterpart of. */
  readonly subject: Subject;
  /** What fits already, as the discrepancy says. */
  readonly fitting: readonly Pick[];
  readonly onClose: () => void;
  readonly onDone: () => void;
};

/** Refusals that a person may go against with a reason. */
const FORCEABLE = ["AmountsDiffer", "PairRejected"];

/** Finds the other side, holds the two against each other, and decides that they are the same money. */
export function MatchDialog({ subject, fitting, onClose, onDone }: MatchDialogProps) {
  const t = useStrings(matchesStrings);
  const wordsOf = useRefusal();
  const keyFor = useActKey();
  const [picks, setPicks] = useState(fitting.length === 1 ? fitting : []);
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isAgainst, setAgainst] = useState(false);
  const [{ fetching }, match] = useMutation(MatchRecordsDocument);
  const choose = (next: readonly Pick[]) => {
    setPicks(next);
    setProblem(undefined);
    setAgainst(false);
  };
  const save = async () => {
    if (picks.length === 0) return setProblem(t.chooseFirst);
    const given = reason.trim();
    if (isAgainst && given === "") return setProblem(t.reasonMissing);
    const ids = picks.map(({ id }) => id);
    const asked = {
      merchantId: subject.merchantId,
      lineIds: subject.kind === "line" ? [subject.id] : ids,
      transactionIds: subject.kind === "line" ? ids : [subject.id],
      ...(given !== "" && { reason: given }),
      ...(isAgainst && { force: true }),
    };
    const { data, error } = await match({ input: { ...asked, idempotencyKey: keyFor(asked) } });
    const outcome = data?.outcome;
    if (outcome?.__typename === "Match") {
      tell(outcome.state === "PROPOSED" ? t.proposed : t.matched);
      return onDone();
    }
    setProblem(wordsOf(outcome, error));
    setAgainst(outcome !== undefined && outcome !== null && FORCEABLE.includes(outcome.__typename));
  };
  const last = picks.at(-1);
  const Picker = subject.kind === "line" ? TransactionPicker : LinePicker;
  return (
    <Dialog title={t.matchTitle} closing={t.close} onClose={onClose} isWide>
      <form
        className="section"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Picker subject={subject} fitting={fitting} picks={picks} onPick={choose} />
        <Comparison left={subject.side} right={last?.side} absent={t.nothingChosen} />
        <Sums subject={subject} picks={picks} />
        <div className="matches__decision">
          {isAgainst && <p className="notice notice--warn">{t.forceAdvice}</p>}
          <TextField
            label={isAgainst ? t.reason : t.reasonIfAny}
            problem={problem}
            maxLength={1_000}
            value={reason}
            onChange={({ target: { value } }) => {
              setReason(value);
              if (problem === t.reasonMissing) setProblem(undefined);
            }}
          />
          <div className="bar">
            <Button look={isAgainst ? "danger" : "primary"} type="submit" disabled={fetching}>
              {isAgainst ? t.force : t.match}
            </Button>
            <Button onClick={onClose}>{t.cancel}</Button>
          </div>
        </div>
      </form>
    </Dialog>
  );
}
