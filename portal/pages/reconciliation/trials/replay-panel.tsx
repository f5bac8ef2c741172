import { Unanswered } from "../../../app/unanswered.tsx";
import { Button } from "../../../design/button.tsx";
import { ICONS, Icon } from "../../../design/icon.tsx";
import { Spinner } from "../../../design/progress.tsx";
import { providerName } from "../../../domain/method-name.ts";
import { RunReplayDocument, type RunReplayQuery } from "../../../generated/pages/reconciliation/trials/trials.ts";
import { useFormats, useStrings } from "../../../language/language.tsx";
import { ChangedPairs } from "./changed-pairs.tsx";
import { TrialProgress } from "./trial-progress.tsx";
import { trialsStrings } from "./trials-strings.ts";
import { useTrial } from "./use-trial.ts";

type ReplayPanelProps = { readonly id: string; readonly runId: string; readonly onClose: () => void };

/** A run beside its replay: the same input should have given the same output, and what differs is told. */
export function ReplayPanel({ id, runId, onClose }: ReplayPanelProps) {
  const t = useStrings(trialsStrings);
  const { moment } = useFormats();
  const { data, error, fetching, reload } = useTrial(
    RunReplayDocument,
    { id, runId },
    ({ runReplay }) => runReplay?.state,
  );
  const replay = data?.runReplay;
  const run = data?.run;
  if (!replay || !run) return fetching ? <Spinner label={t.loading} /> : <Unanswered error={error} onAgain={reload} />;
  return (
    <section className="panel rules__result" aria-label={t.replay}>
      <div className="bar bar--ends">
        <h2>{t.replayOf(moment(run.requestedAt))}</h2>
        <Button onClick={onClose}>{t.close}</Button>
      </div>
      {replay.state.status === "SUCCEEDED" ? (
        <Replayed run={run} replay={replay} />
      ) : (
        <TrialProgress state={replay.state} />
      )}
    </section>
  );
}

type ReplayedProps = {
  readonly run: NonNullable<RunReplayQuery["run"]>;
  readonly replay: NonNullable<RunReplayQuery["runReplay"]>;
};

function Replayed({ run, replay }: ReplayedProps) {
  const t = useStrings(trialsStrings);
  const rows = [
    [t.input, run.inputDigest, replay.inputDigest, replay.inputEqual],
    [t.output, run.outputDigest, replay.outputDigest, replay.outputEqual],
    [t.engine, run.engineVersion, replay.engineVersion, run.engineVersion === replay.engineVersion],
  ] as const;
  return (
    <>
      <table className="table records">
        <thead>
          <tr>
            <th scope="col">{t.digest}</th>
            <th scope="col">{t.run}</th>
            <th scope="col">{t.replay}</th>
            <th scope="col">{t.compared}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, of, other, isEqual]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td data-label={t.run}>
                <code>{of ?? "–"}</code>
              </td>
              <td data-label={t.replay}>
                <code>{other ?? "–"}</code>
              </td>
              <td data-label={t.compared}>
                <Equal is={isEqual === true} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {replay.partitions && <Partitions partitions={replay.partitions} />}
      <div className="rules__changes">
        {replay.missing && <ChangedPairs title={t.missing} tone="bad" changed={replay.missing} />}
        {replay.extra && <ChangedPairs title={t.extra} tone="warn" changed={replay.extra} />}
      </div>
      {replay.remarks?.map((remark) => (
        <p key={remark} className="notice">
          {remark}
        </p>
      ))}
    </>
  );
}

type PartitionsProps = { readonly partitions: NonNullable<ReplayedProps["replay"]["partitions"]> };

function Partitions({ partitions }: PartitionsProps) {
  const t = useStrings(trialsStrings);
  return (
    <table className="table records">
      <thead>
        <tr>
          <th scope="col">{t.part}</th>
          <th scope="col">{t.lines}</th>
          <th scope="col">{t.transactions}</th>
          <th scope="col">{t.output}</th>
        </tr>
      </thead>
      <tbody>
        {partitions.map(({ provider, currency, linesEqual, transactionsEqual, outputEqual }) => (
          <tr key={`${provider} ${currency}`}>
            <th scope="row">
              {providerName(provider)} · {currency}
            </th>
            <td data-label={t.lines}>
              <Equal is={linesEqual} />
            </td>
            <td data-label={t.transactions}>
              <Equal is={transactionsEqual} />
            </td>
            <td data-label={t.output}>
              <Equal is={outputEqual} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Equal({ is }: { readonly is: boolean }) {
  const t = useStrings(trialsStrings);
  return (
    <span className={`rules__equal rules__equal--${is ? "yes" : "no"}`}>
      <Icon path={is ? ICONS.check : ICONS.close} />
      {is ? t.same : t.different}
    </span>
  );
}
