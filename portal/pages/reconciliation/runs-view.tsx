import { useState } from "react";
import { useMutation } from "urql";
import { MerchantField } from "../../accounts/merchant-field.tsx";
import { Paged } from "../../app/paged.tsx";
import { useSearch } from "../../app/search-params.ts";
import { useRowKeys } from "../../app/use-row-keys.ts";
import { Badge, type Tone } from "../../design/badge.tsx";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { tell } from "../../design/toast.tsx";
import { type RunRowFragment, RunsDocument, StartRunDocument } from "../../generated/pages/reconciliation/runs.ts";
import { newIdempotencyKey } from "../../graph/idempotency-key.ts";
import { usePages } from "../../graph/use-pages.ts";
import { useMerchantsWith } from "../../graph/viewer.tsx";
import { useFormats, useStrings } from "../../language/language.tsx";
import { RECONCILIATION_SEARCH } from "./reconciliation-search.ts";
import { reconciliationStrings } from "./reconciliation-strings.ts";
import { RunProgress } from "./run-progress.tsx";
import { SchedulesPanel } from "./schedules/schedules-panel.tsx";
import { ReplayButton } from "./trials/replay-button.tsx";
import { ReplayPanel } from "./trials/replay-panel.tsx";

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
  const merchants = useMerchantsWith("RECONCILIATION", "RECONCILE");
  const [merchantId, setMerchantId] = useState(merchants[0]?.id ?? "");
  const mayRun = merchants.length > 0;
  const [{ fetching: starting }, start] = useMutation(StartRunDocument);
  const [{ replay, run }, change] = useSearch(RECONCILIATION_SEARCH);
  const list = useRowKeys();
  const [followed, setFollowed] = useState<string>();
  const pages = usePages(RunsDocument, {}, ({ reconciliationRuns }) => reconciliationRuns);
  const begin = async (mode: RunRowFragment["mode"]) => {
    const { data, error: failure } = await start({ input: { merchantId, mode, idempotencyKey: newIdempotencyKey() } });
    const answer = data?.startReconciliation;
    if (answer?.__typename === "ReconciliationRun") return setFollowed(answer.id);
    tell(answer?.message ?? failure?.graphQLErrors[0]?.message ?? t.notDone, { isBad: true });
  };
  const running = followed ?? pages.rows?.find(({ status }) => status === "RUNNING" || status === "QUEUED")?.id;
  return (
    <>
      {mayRun && (
        <div className="reconciliation__bar">
          <MerchantField merchants={merchants} merchantId={merchantId} onChange={setMerchantId} />
          <Button look="primary" disabled={starting} onClick={() => void begin("COMMIT")}>
            {t.run}
          </Button>
          <Button disabled={starting} onClick={() => void begin("DRY_RUN")}>
            {t.dryRun}
          </Button>
          <span className="soft">{t.dryRunAdvice}</span>
        </div>
      )}
      <SchedulesPanel />
      {running && <RunProgress key={running} id={running} onOver={pages.reload} />}
      {replay && run && (
        <ReplayPanel
          key={replay}
          id={replay}
          runId={run}
          onClose={() => change({ replay: undefined, run: undefined }, { replace: true })}
        />
      )}
      <Paged pages={pages} empty={<EmptyState icon={ICONS.search} title={t.noRuns} />}>
        {(rows) => (
          <div className="panel" ref={list} aria-busy={pages.fetching}>
            <table className="table records reconciliation__runs">
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
                  {mayRun && <th scope="col">{t.check}</th>}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <td data-label={t.asked}>{dateTime(row.requestedAt)}</td>
                    <td data-label={t.status}>
                      <Badge tone={TONES[row.status]}>{t.runStatuses[row.status]}</Badge>
                      {row.problem && <p className="reconciliation__problem">{row.problem}</p>}
                    </td>
                    <td data-label={t.mode}>{t.modes[row.mode]}</td>
                    <td data-label={t.trigger}>{t.triggers[row.trigger]}</td>
                    <td className="number" data-label={t.lines}>
                      {number(BigInt(row.linesSeen))}
                    </td>
                    <td className="number" data-label={t.matched}>
                      {number(BigInt(row.linesMatched))}
                    </td>
                    <td className="number" data-label={t.open}>
                      {number(BigInt(row.linesAmbiguous) + BigInt(row.linesMismatched))}
                    </td>
                    {mayRun && (
                      <td className="records__wide">
                        {row.mode === "COMMIT" && row.finishedAt !== null && (
                          <ReplayButton
                            runId={row.id}
                            onReplay={(id) => change({ replay: id, run: row.id }, { replace: true })}
                          />
                        )}
                      </td>
                    )}
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
