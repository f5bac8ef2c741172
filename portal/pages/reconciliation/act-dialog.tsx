import { useState } from "react";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { SelectField, TextField } from "../../design/field.tsx";
import { tell } from "../../design/toast.tsx";
import { Explanation } from "../../domain/discrepancies/explanation.tsx";
import type { Resolution } from "../../generated/pages/reconciliation/discrepancies.ts";
import { useViewer } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import type { Act, DiscrepancyFull } from "./discrepancy.ts";
import { reconciliationStrings } from "./reconciliation-strings.ts";
import { useActs } from "./use-acts.ts";

const RESOLUTIONS = ["ADJUSTED", "PROVIDER_CLAIM", "ACCEPTED", "DUPLICATE", "WRITTEN_OFF"] as const;
const WAITS = [1, 7, 30] as const;

type ActDialogProps = {
  readonly act: Act;
  readonly row: DiscrepancyFull;
  readonly onClose: () => void;
  readonly onDone: () => void;
  /** Another person was first: what is shown is to be read again. */
  readonly onStale: () => void;
};

/** Asks what an act needs, and does it. Sent again after a lost answer, it is one act. */
export function ActDialog({ act, row, onClose, onDone, onStale }: ActDialogProps) {
  const t = useStrings(reconciliationStrings);
  const { money } = useFormats();
  const { id: me } = useViewer();
  const [text, setText] = useState("");
  const [days, setDays] = useState(String(WAITS[1]));
  const [assignee, setAssignee] = useState(row.assigneeId === me ? "" : me);
  const [resolution, setResolution] = useState<Resolution>(RESOLUTIONS[0]);
  const [problem, setProblem] = useState<string>();
  const { fetching, carryOut } = useActs(row);
  const needsText = act === "comment" || act === "resolve";
  const save = async () => {
    const given = text.trim();
    if (needsText && given === "") return setProblem(t.reasonMissing);
    const failure = await carryOut(act, { text: given, days: Number(days), assignee, resolution });
    if (failure) {
      if (failure.isStale) onStale();
      return setProblem(failure.message);
    }
    tell(t.done);
    onDone();
  };
  return (
    <Dialog title={t.acts[act]} closing={t.close} onClose={onClose}>
      <form
        className="section"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p>
          <strong>{money(row.amountAtRisk)}</strong> · <Explanation type={row.type} details={row.explanation} />
        </p>
        {act === "assign" && (
          <SelectField
            label={t.assignee}
            problem={problem}
            value={assignee}
            onChange={({ target: { value } }) => setAssignee(value)}
          >
            <option value={me}>{t.myself}</option>
            <option value="">{t.nobody}</option>
          </SelectField>
        )}
        {act === "snooze" && (
          <SelectField
            label={t.waitFor}
            problem={problem}
            value={days}
            onChange={({ target: { value } }) => setDays(value)}
          >
            {WAITS.map((each) => (
              <option key={each} value={each}>
                {t.days(each)}
              </option>
            ))}
          </SelectField>
        )}
        {act === "resolve" && (
          <SelectField
            label={t.resolution}
            value={resolution}
            onChange={({ target: { value } }) =>
              setResolution(RESOLUTIONS.find((each) => each === value) ?? "ADJUSTED")
            }
          >
            {RESOLUTIONS.map((each) => (
              <option key={each} value={each}>
                {t.resolutions[each]}
              </option>
            ))}
          </SelectField>
        )}
        {needsText && (
          <TextField
            label={act === "comment" ? t.comment : t.reason}
            problem={problem}
            maxLength={1_000}
            value={text}
            autoFocus
            onChange={({ target: { value } }) => setText(value)}
          />
        )}
        <div className="reconciliation__bar">
          <Button look="primary" type="submit" disabled={fetching}>
            {t.acts[act]}
          </Button>
          <Button onClick={onClose}>{t.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
