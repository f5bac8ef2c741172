import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "../../design/button.tsx";
import { TextField } from "../../design/field.tsx";
import { tell } from "../../design/toast.tsx";
import {
  ConfirmResolutionDocument,
  RejectResolutionDocument,
} from "../../generated/pages/reconciliation/discrepancies.ts";
import { useActKey } from "../../graph/use-act-key.ts";
import { useViewer } from "../../graph/viewer.tsx";
import { useStrings } from "../../language/language.tsx";
import type { DiscrepancyFull } from "./discrepancy.ts";
import { useRefusal } from "./matches/use-refusal.ts";
import { reconciliationStrings } from "./reconciliation-strings.ts";

type ProposalNoteProps = {
  readonly row: DiscrepancyFull;
  readonly proposal: NonNullable<DiscrepancyFull["proposal"]>;
  /** Absent for who may only look. */
  readonly onDecided: (() => void) | undefined;
};

/** What waits for a second person, and that person's yes or no. */
export function ProposalNote({ row, proposal, onDecided }: ProposalNoteProps) {
  const t = useStrings(reconciliationStrings);
  const { id: me } = useViewer();
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<string>();
  const keyFor = useActKey();
  const wordsOf = useRefusal();
  const [{ fetching: confirming }, confirm] = useMutation(ConfirmResolutionDocument);
  const [{ fetching: rejecting }, reject] = useMutation(RejectResolutionDocument);
  const decide = async (agrees: boolean) => {
    const given = reason.trim();
    if (!agrees && given === "") return setProblem(t.reasonMissing);
    const asked = { discrepancyId: row.id, expectedVersion: row.version, ...(given !== "" && { reason: given }) };
    const input = { ...asked, idempotencyKey: keyFor({ agrees, asked }) };
    const { data, error } = await (agrees ? confirm({ input }) : reject({ input }));
    const outcome = data?.outcome;
    if (outcome?.__typename !== "Discrepancy") {
      if (outcome?.__typename === "VersionConflict") onDecided?.();
      return setProblem(wordsOf(outcome, error));
    }
    tell(t.done);
    onDecided?.();
  };
  return (
    <div className="panel work__proposal">
      <p>
        <strong>{t.resolutions[proposal.resolution]}</strong> · {t.proposedBy(proposal.proposedBy)}
        <br />
        {proposal.reason}
      </p>
      {!onDecided || proposal.proposedBy === me ? (
        <p className="soft">{t.secondPerson}</p>
      ) : (
        <>
          <TextField
            label={t.reason}
            problem={problem}
            maxLength={1_000}
            value={reason}
            onChange={({ target: { value } }) => setReason(value)}
          />
          <div className="reconciliation__bar">
            <Button look="primary" disabled={confirming || rejecting} onClick={() => void decide(true)}>
              {t.agree}
            </Button>
            <Button look="danger" disabled={confirming || rejecting} onClick={() => void decide(false)}>
              {t.refuse}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
