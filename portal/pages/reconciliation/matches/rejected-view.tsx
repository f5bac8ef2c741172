import { useState } from "react";
import { useMutation } from "urql";
import { FormDialog } from "../../../accounts/form-dialog.tsx";
import { Paged } from "../../../app/paged.tsx";
import { useSearch } from "../../../app/search-params.ts";
import { useRowKeys } from "../../../app/use-row-keys.ts";
import { Button } from "../../../design/button.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { TextField } from "../../../design/field.tsx";
import { ICONS } from "../../../design/icon.tsx";
import { tell } from "../../../design/toast.tsx";
import {
  LiftRejectedPairDocument,
  RejectedPairsDocument,
} from "../../../generated/pages/reconciliation/matches/matches.ts";
import { useActKey } from "../../../graph/use-act-key.ts";
import { usePages } from "../../../graph/use-pages.ts";
import { useMay } from "../../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../../language/language.tsx";
import { RECONCILIATION_SEARCH } from "../reconciliation-search.ts";
import { matchesStrings } from "./matches-strings.ts";
import type { Pick } from "./subject.ts";
import { usePicks } from "./use-picks.ts";
import { useRefusal } from "./use-refusal.ts";

/** Pairs that people took apart, which no run brings together again until the rejection is lifted. */
export function RejectedView() {
  const t = useStrings(matchesStrings);
  const { moment } = useFormats();
  const { linePick, transactionPick } = usePicks();
  const mayLift = useMay("RECONCILIATION", "MATCH");
  const [{ lifted }, change] = useSearch(RECONCILIATION_SEARCH);
  const [lifting, setLifting] = useState<string>();
  const list = useRowKeys();
  const pages = usePages(
    RejectedPairsDocument,
    { includeLifted: lifted === "yes" },
    ({ rejectedPairs }) => rejectedPairs,
  );
  return (
    <>
      <p className="soft">{t.rejectedAdvice}</p>
      <label className="check">
        <input
          type="checkbox"
          checked={lifted === "yes"}
          onChange={({ target: { checked } }) => change({ lifted: checked ? "yes" : undefined })}
        />
        {t.showLifted}
      </label>
      <Paged pages={pages} empty={<EmptyState icon={ICONS.check} title={t.noRejected} />}>
        {(rows) => (
          <div className="panel" ref={list} aria-busy={pages.fetching}>
            <table className="table records matches__rejected">
              <thead>
                <tr>
                  <th scope="col">{t.line}</th>
                  <th scope="col">{t.transaction}</th>
                  <th scope="col">{t.takenApart}</th>
                  <th scope="col">{t.why}</th>
                  <th scope="col">{t.state}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <td data-label={t.line}>{row.line ? summaryOf(linePick(row.line)) : "–"}</td>
                    <td data-label={t.transaction}>
                      {row.transaction ? summaryOf(transactionPick(row.transaction)) : "–"}
                    </td>
                    <td data-label={t.takenApart}>
                      {row.actorId} · {moment(row.rejectedAt)}
                    </td>
                    <td data-label={t.why}>{row.reason}</td>
                    <td className="records__wide">
                      {row.liftedBy ? (
                        <span className="soft">{t.liftedBy(row.liftedBy, row.liftedBecause ?? "–")}</span>
                      ) : mayLift ? (
                        <Button data-row onClick={() => setLifting(row.id)}>
                          {t.lift}
                        </Button>
                      ) : (
                        t.stands
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
      {lifting && (
        <LiftDialog
          id={lifting}
          onClose={() => setLifting(undefined)}
          onDone={() => {
            setLifting(undefined);
            pages.reload();
          }}
        />
      )}
    </>
  );
}

function summaryOf({ side: { facts } }: Pick): string {
  return [facts.amount?.shown, facts.time?.shown, facts.reference?.shown].filter(Boolean).join(" · ");
}

type LiftDialogProps = { readonly id: string; readonly onClose: () => void; readonly onDone: () => void };

function LiftDialog({ id: rejectedPairId, onClose, onDone }: LiftDialogProps) {
  const t = useStrings(matchesStrings);
  const wordsOf = useRefusal();
  const keyFor = useActKey();
  const [reason, setReason] = useState("");
  const [{ fetching }, lift] = useMutation(LiftRejectedPairDocument);
  const save = async () => {
    const asked = { rejectedPairId, reason: reason.trim() };
    if (asked.reason === "") return t.reasonMissing;
    const { data, error } = await lift({ input: { ...asked, idempotencyKey: keyFor(asked) } });
    if (data?.outcome?.__typename !== "RejectedPair") return wordsOf(data?.outcome, error);
    tell(t.done);
    onDone();
    return undefined;
  };
  return (
    <FormDialog title={t.lift} action={t.lift} isBusy={fetching} onClose={onClose} onSave={save}>
      <p className="soft">{t.liftAdvice}</p>
      <TextField
        label={t.reason}
        maxLength={1_000}
        value={reason}
        onChange={({ target: { value } }) => setReason(value)}
      />
    </FormDialog>
  );
}
