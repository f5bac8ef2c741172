import { useState } from "react";
import { useMutation } from "urql";
import { Paged } from "../../app/paged.tsx";
import { Badge, type Tone } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { tell } from "../../design/toast.tsx";
import { type RunRowFragment, RunsDocument, StartRunDocument } from "../../generated/pages/reconciliation/runs.ts";
import { newIdempotencyKey } from "../../graph/idempotency-key.ts";
import { usePages } from "../../graph/use-pages.ts";
import { useMay } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { reconciliationStrings } from "./reconciliation-strings.ts";
import { RunProgress } from "./run-progress.tsx";

const TONES: Readonly<Record<RunRowFragment["status"], Tone>> = {
  QUEUED: "plain",
  RUNNING: "info",
  SUCCEEDED: "good",
  PARTIAL: "warn",
  FAILED: "bad",
  CANCELLED: "plain",
};

export function RunsView() {
  const t = useStrings(reconciliationStrings);
  const { dateTime, number } = useFormats();
  const mayRun = useMay("RECONCILIATION", "RECONCILE");
  const [{ fetching: starting }, start] = useMutation(StartRunDocument);
  const [followed, setFollowed] = useState<string>();
  const pages = usePages(RunsDocument, {}, ({ reconciliationRuns }) => reconciliationRuns);
  const begin = async (mode: RunRowFragment["mode"]) => {
    const { data, error: failure } = await start({ input: { mode, idempotencyKey: newIdempotencyKey() } });
    const answer = data?.startReconciliation;
    if (answer?.__typename === "ReconciliationRun") return setFollowed(answer.id);
    tell(answer?.message ?? failure?.graphQLErrors[0]?.message ?? t.notDone, { isBad: true });
  };
  const running = followed ?? pages.rows?.find(({ status }) => status === "RUNNING" || status === "QUEUED")?.id;
  return (
    <>
      {mayRun && (
        <div className="reconciliation__bar">
          <Button look="primary" disabled={starting} onClick={() => void begin("COMMIT")}>
            {t.run}
          </Button>
          <Button disabled={starting} onClick={() => void begin("DRY_RUN")}>
            {t.dryRun}
          </Button>
          <span className="soft">{t.dryRunAdvice}</span>
        </div>
      )}
      {running && <RunProgress key={running} id={running} onOver={pages.reload} />}
      <Paged pages={pages} empty={<EmptyState icon={ICONS.search} title={t.noRuns} />}>
        {(rows) => (
          <div className="panel">
            <table className="table reconciliation__runs">
              <thead>
                <tr>
                  <th scope="col">{t.asked}</th>
                  <th scope="col">{t.status}</th>
                  <th scope="col">{t.mode}</th>
                  <th scope="col">{t.trigger}</th>
                  <th scope="col" className="number">
                    {t.lines}
                  </th>
                  <th scope="col" className="number">
                    {t.matched}
                  </th>
                  <th scope="col" className="number">
                    {t.open}
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <td>{dateTime(row.requestedAt)}</td>
                    <td>
                      <Badge tone={TONES[row.status]}>{t.runStatuses[row.status]}</Badge>
                      {row.problem && <p className="reconciliation__problem">{row.problem}</p>}
                    </td>
                    <td>{t.modes[row.mode]}</td>
                    <td>{t.triggers[row.trigger]}</td>
                    <td className="number">{number(BigInt(row.linesSeen))}</td>
                    <td className="number">{number(BigInt(row.linesMatched))}</td>
                    <td className="number">{number(BigInt(row.linesAmbiguous) + BigInt(row.linesMismatched))}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
    </>
  );
}
