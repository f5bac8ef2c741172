import { useState } from "react";
import { useMutation } from "urql";
import { FormDialog } from "../../../accounts/form-dialog.tsx";
import { Ticks } from "../../../accounts/ticks.tsx";
import { TextField } from "../../../design/field.tsx";
import { tell } from "../../../design/toast.tsx";
import {
  ConfirmMatchDocument,
  type MatchRowFragment,
  RejectMatchDocument,
  UnmatchDocument,
} from "../../../generated/pages/reconciliation/matches/matches.ts";
import { useActKey } from "../../../graph/use-act-key.ts";
import { useFormats, useStrings } from "../../../language/language.tsx";
import { matchesStrings } from "./matches-strings.ts";
import { usePicks } from "./use-picks.ts";
import { useRefusal } from "./use-refusal.ts";

/** What a person can do about a match that is there. */
export type MatchAct = "unmatch" | "confirm" | "reject";

type MatchActDialogProps = {
  readonly act: MatchAct;
  readonly match: MatchRowFragment;
  readonly onClose: () => void;
  readonly onDone: () => void;
};

/** Asks why, and of a group which part, and does it. */
export function MatchActDialog({ act, match, onClose, onDone }: MatchActDialogProps) {
  const t = useStrings(matchesStrings);
  const { money } = useFormats();
  const { linePick, transactionPick } = usePicks();
  const wordsOf = useRefusal();
  const keyFor = useActKey();
  const legs = match.legs.flatMap((leg) => (leg.active && leg.claimId ? [{ ...leg, claimId: leg.claimId }] : []));
  const [claims, setClaims] = useState<readonly string[]>(legs.map(({ claimId }) => claimId));
  const [reason, setReason] = useState("");
  const [unmatching, unmatch] = useMutation(UnmatchDocument);
  const [confirming, confirm] = useMutation(ConfirmMatchDocument);
  const [rejecting, reject] = useMutation(RejectMatchDocument);
  const isPart = claims.length < legs.length;
  const save = async () => {
    const given = reason.trim();
    if (act !== "confirm" && given === "") return t.reasonMissing;
    if (act === "unmatch" && claims.length === 0) return t.chooseFirst;
    const asked = { matchId: match.id, ...(given !== "" && { reason: given }), ...(isPart && { claimIds: claims }) };
    const key = keyFor({ act, asked });
    const { claimIds: _, ...about } = { claimIds: undefined, ...asked, idempotencyKey: key };
    const { data, error } =
      act === "unmatch"
        ? await unmatch({ input: { ...asked, reason: given, idempotencyKey: key } })
        : await (act === "confirm" ? confirm : reject)({ input: about });
    if (data?.outcome?.__typename !== "Match") return wordsOf(data?.outcome, error);
    tell(t.done);
    onDone();
    return undefined;
  };
  return (
    <FormDialog
      title={t.acts[act]}
      action={t.acts[act]}
      look={act === "confirm" ? "primary" : "danger"}
      isBusy={unmatching.fetching || confirming.fetching || rejecting.fetching}
      onClose={onClose}
      onSave={save}
    >
      {act === "unmatch" && legs.length > 1 && (
        <Ticks
          legend={t.whichPart}
          options={legs.map(({ claimId, amount, line, transaction }) => {
            // Of the two sides it is the one that there are several of that tells parts apart.
            const side =
              match.cardinality === "MANY_TO_ONE"
                ? line && linePick(line)
                : transaction && transactionPick(transaction);
            const facts = side?.side.facts;
            return [claimId, [money(amount), facts?.time?.shown, facts?.reference?.shown].filter(Boolean).join(" · ")];
          })}
          ticked={claims}
          onChange={setClaims}
        />
      )}
      {act === "unmatch" && <p className="soft">{t.unmatchAdvice}</p>}
      {act === "confirm" && match.reason && <p>{t.because(match.reason)}</p>}
      <TextField
        label={act === "confirm" ? t.reasonIfAny : t.reason}
        maxLength={1_000}
        value={reason}
        onChange={({ target: { value } }) => setReason(value)}
      />
    </FormDialog>
  );
}
