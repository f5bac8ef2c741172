import { Unanswered } from "../../app/unanswered.tsx";
import { Spinner } from "../../design/progress.tsx";
import { QualityDocument } from "../../generated/pages/reconciliation/runs.ts";
import { useGraph } from "../../graph/use-graph.ts";
import { useFormats, useStrings } from "../../language/language.tsx";
import { reconciliationStrings } from "./reconciliation-strings.ts";
import { useStageName } from "./trials/stage-name.ts";

/** How good automatic matching was, by what people did about it. */
export function QualityView() {
  const t = useStrings(reconciliationStrings);
  const { number, percent } = useFormats();
  const stageName = useStageName();
  const { data, error, fetching, reload } = useGraph(QualityDocument, {});
  const quality = data?.reconciliationQuality;
  if (!quality) return fetching ? <Spinner label={t.loading} /> : <Unanswered error={error} onAgain={reload} />;
  const figures = [
    [t.made, number(BigInt(quality.made))],
    [t.stands, quality.observedPrecision === null ? "–" : percent(quality.observedPrecision)],
    [t.overturned, number(BigInt(quality.overturned))],
    [t.byPeople, number(BigInt(quality.madeByPeople))],
    [t.leftToPeople, number(BigInt(quality.leftToPeople))],
    [t.rejectedPairs, number(BigInt(quality.rejectedPairs))],
  ] as const;
  return (
    <>
      <dl className="reconciliation__figures">
        {figures.map(([name, value]) => (
          <div key={name} className="panel">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="panel">
        <table className="table reconciliation__quality">
          <thead>
            <tr>
              <th scope="col">{t.stage}</th>
              <th scope="col" className="number">
                {t.made}
              </th>
              <th scope="col" className="number">
                {t.overturned}
              </th>
              <th scope="col" className="number">
                {t.stands}
              </th>
            </tr>
          </thead>
          <tbody>
            {quality.byStage.map((each) => (
              <tr key={`${each.stage} ${each.ruleSetHash}`}>
                <td title={each.ruleSetHash}>{stageName(each.stage)}</td>
                <td className="number">{number(BigInt(each.made))}</td>
                <td className="number">{number(BigInt(each.overturned))}</td>
                <td className="number">{percent(each.observedPrecision)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
