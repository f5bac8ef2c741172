import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "../../../design/button.tsx";
import { Dialog } from "../../../design/dialog.tsx";
import { TextField } from "../../../design/field.tsx";
import { tell } from "../../../design/toast.tsx";
import {
  KeepRulesDocument,
  type KeepRulesMutation,
  PutRulesInForceDocument,
} from "../../../generated/pages/reconciliation/trials/trials.ts";
import { useStrings } from "../../../language/language.tsx";
import type { Rules } from "./rules.ts";
import { trialsStrings } from "./trials-strings.ts";

type RuleDialogProps = {
  readonly merchantId: string;
  readonly onClose: () => void;
  /** With the hash of the rule set that it was about. */
  readonly onDone: (hash: string) => void;
};

/** Rules become a version, which is found again where there is one of the same content. */
export function KeepDialog({ merchantId, rules, onClose, onDone }: RuleDialogProps & { readonly rules: Rules }) {
  const t = useStrings(trialsStrings);
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState<string>();
  const [{ fetching }, keep] = useMutation(KeepRulesDocument);
  const submit = async () => {
    const { data, error } = await keep({ input: { merchantId, content: JSON.stringify(rules), note: note.trim() } });
    const outcome = data?.outcome;
    if (outcome?.__typename !== "RuleSet")
      return setProblem(refusal(outcome) ?? error?.graphQLErrors[0]?.message ?? t.failed);
    tell(t.kept(outcome.version));
    onDone(outcome.hash);
  };
  return (
    <Dialog title={t.keepTitle} closing={t.close} onClose={onClose}>
      <form
        className="section"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          label={t.note}
          hint={t.keepAdvice}
          problem={problem}
          required
          maxLength={500}
          value={note}
          onChange={({ target: { value } }) => setNote(value)}
        />
        <div className="bar">
          <Button look="primary" type="submit" disabled={fetching}>
            {t.keep}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}

type ForceDialogProps = RuleDialogProps & { readonly set: { readonly hash: string; readonly version: number } };

/** Asked for once more, since what matches from then on is another matter. */
export function ForceDialog({ merchantId, set, onClose, onDone }: ForceDialogProps) {
  const t = useStrings(trialsStrings);
  const [problem, setProblem] = useState<string>();
  const [{ fetching }, putInForce] = useMutation(PutRulesInForceDocument);
  const submit = async () => {
    const { data, error } = await putInForce({ input: { merchantId, hash: set.hash } });
    const outcome = data?.outcome;
    if (outcome?.__typename !== "RuleSet")
      return setProblem(refusal(outcome) ?? error?.graphQLErrors[0]?.message ?? t.failed);
    tell(t.isInForce(outcome.version));
    onDone(outcome.hash);
  };
  return (
    <Dialog title={t.forceTitle(set.version)} closing={t.close} onClose={onClose}>
      <div className="section">
        <p>{t.forceAdvice}</p>
        {problem && (
          <p className="field__problem" role="alert">
            {problem}
          </p>
        )}
        <div className="bar">
          <Button look="primary" disabled={fetching} onClick={() => void submit()}>
            {t.putInForce}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}

function refusal(outcome: KeepRulesMutation["outcome"] | undefined): string | undefined {
  return outcome && "message" in outcome ? outcome.message : undefined;
}
