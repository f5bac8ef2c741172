import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "../../design/button.tsx";
import { Progress } from "../../design/progress.tsx";
import {
  CancelRunDocument,
  RunProgressDocument,
  type RunRowFragment,
} from "../../generated/pages/reconciliation/runs.ts";
import { useLive } from "../../graph/live.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { reconciliationStrings } from "./reconciliation-strings.ts";

type RunProgressProps = { readonly id: string; readonly onOver: () => void };

/** How far a run is, as it happens. */
export function RunProgress({ id, onOver }: RunProgressProps) {
  const t = useStrings(reconciliationStrings);
  const { number } = useFormats();
  const [run, setRun] = useState<RunRowFragment>();
  const [{ fetching }, cancel] = useMutation(CancelRunDocument);
  const isOver = run !== undefined && run.finishedAt !== null;
  useLive(
    RunProgressDocument,
    { id },
    ({ reconciliationRunProgress: next }) => {
      if (!next) return;
      setRun(next);
      if (next.finishedAt !== null) onOver();
    },
    { pause: isOver },
  );
  return (
    <section className="panel reconciliation__progress" aria-label={t.progress}>
      <div className="reconciliation__bar">
        <strong>{run ? `${t.modes[run.mode]} · ${t.runStatuses[run.status]}` : t.runStatuses.QUEUED}</strong>
        {run && (
          <span className="soft" role="status">
            {t.matchedOf(number(BigInt(run.linesMatched)), number(BigInt(run.linesTotal ?? run.linesSeen)))}
          </span>
        )}
        {!isOver && (
          <Button disabled={fetching} onClick={() => void cancel({ id })}>
            {t.stop}
          </Button>
        )}
      </div>
      <Progress label={t.progress} ratio={isOver ? 1 : (run?.percentage ?? 0) / 100} />
    </section>
  );
}
