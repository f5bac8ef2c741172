import { Unanswered } from "../../../app/unanswered.tsx";
import { Spinner } from "../../../design/progress.tsx";
import { RulePreviewDocument, type RulePreviewQuery } from "../../../generated/pages/reconciliation/trials/trials.ts";
import { useFormats, useStrings } from "../../../language/language.tsx";
import { ChangedPairs } from "./changed-pairs.tsx";
import { RateBars } from "./rate-bars.tsx";
import { useStageName } from "./stage-name.ts";
import { TrialProgress } from "./trial-progress.tsx";
import { trialsStrings } from "./trials-strings.ts";
import { useTrial } from "./use-trial.ts";

type Preview = NonNullable<RulePreviewQuery["rulePreview"]>;

/** What the rules that were given make of the history, beside what the active ones do. */
export function PreviewPanel({ id }: { readonly id: string }) {
  const t = useStrings(trialsStrings);
  const { date } = useFormats();
  const { data, error, fetching, reload } = useTrial(
    RulePreviewDocument,
    { id },
    ({ rulePreview }) => rulePreview?.state,
  );
  const preview = data?.rulePreview;
  if (!preview) return fetching ? <Spinner label={t.loading} /> : <Unanswered error={error} onAgain={reload} />;
  const { before, after, gained, lost, from } = preview;
  return (
    <section className="panel rules__result" aria-label={t.result}>
      <h2>{t.result}</h2>
      {!before || !after ? (
        <TrialProgress state={preview.state} />
      ) : (
        <>
          {from && <p className="soft">{t.since(date(from))}</p>}
          <RateBars before={before} after={after} />
          <div className="rules__changes">
            {gained && <ChangedPairs title={t.gained} tone="good" changed={gained} />}
            {lost && <ChangedPairs title={t.lost} tone="bad" changed={lost} />}
          </div>
          <StageTable before={before} after={after} />
        </>
      )}
    </section>
  );
}

type StageTableProps = {
  readonly before: NonNullable<Preview["before"]>;
  readonly after: NonNullable<Preview["after"]>;
};

function StageTable({ before, after }: StageTableProps) {
  const t = useStrings(trialsStrings);
  const { number } = useFormats();
  const stageName = useStageName();
  const lines = (of: StageTableProps["before"], stage: string) =>
    BigInt(of.matchedByStage.find((each) => each.stage === stage)?.lines ?? 0);
  const stages = [...new Set([...before.matchedByStage, ...after.matchedByStage].map(({ stage }) => stage))];
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{t.stage}</th>
          <th scope="col" className="number">
            {t.inForce}
          </th>
          <th scope="col" className="number">
            {t.tried}
          </th>
          <th scope="col" className="number">
            {t.change}
          </th>
        </tr>
      </thead>
      <tbody>
        {stages.map((stage) => {
          const [old, next] = [lines(before, stage), lines(after, stage)];
          return (
            <tr key={stage}>
              <th scope="row">{stageName(stage)}</th>
              <td className="number">{number(old)}</td>
              <td className="number">{number(next)}</td>
              <td className="number">{next === old ? "–" : `${next > old ? "+" : ""}${number(next - old)}`}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
