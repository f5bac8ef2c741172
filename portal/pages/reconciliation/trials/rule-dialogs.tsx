import { useState } from "react";
import { useMutation } from "urql";
import { FormDialog } from "../../../accounts/form-dialog.tsx";
import { TextField } from "../../../design/field.tsx";
import { tell } from "../../../design/toast.tsx";
import { KeepRulesDocument, PutRulesInForceDocument } from "../../../generated/pages/reconciliation/trials/trials.ts";
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
  const [{ fetching }, keep] = useMutation(KeepRulesDocument);
  const save = async () => {
    const { data, error } = await keep({ input: { merchantId, content: JSON.stringify(rules), note: note.trim() } });
    const outcome = data?.outcome;
    if (outcome?.__typename !== "RuleSet") return outcome?.message ?? error?.graphQLErrors[0]?.message ?? t.failed;
    tell(t.kept(outcome.version));
    onDone(outcome.hash);
    return undefined;
  };
  return (
    <FormDialog title={t.keepTitle} action={t.keep} isBusy={fetching} onClose={onClose} onSave={save}>
      <TextField
        label={t.note}
        hint={t.keepAdvice}
        required
        maxLength={500}
        value={note}
        onChange={({ target: { value } }) => setNote(value)}
      />
    </FormDialog>
  );
}

type ForceDialogProps = RuleDialogProps & { readonly set: { readonly hash: string; readonly version: number } };

/** Asked for once more, since what matches from then on is another matter. */
export function ForceDialog({ merchantId, set, onClose, onDone }: ForceDialogProps) {
  const t = useStrings(trialsStrings);
  const [{ fetching }, putInForce] = useMutation(PutRulesInForceDocument);
  const save = async () => {
    const { data, error } = await putInForce({ input: { merchantId, hash: set.hash } });
    const outcome = data?.outcome;
    if (outcome?.__typename !== "RuleSet") return outcome?.message ?? error?.graphQLErrors[0]?.message ?? t.failed;
    tell(t.isInForce(outcome.version));
    onDone(outcome.hash);
    return undefined;
  };
  return (
    <FormDialog
      title={t.forceTitle(set.version)}
      action={t.putInForce}
      isBusy={fetching}
      onClose={onClose}
      onSave={save}
    >
      <p>{t.forceAdvice}</p>
    </FormDialog>
  );
}
