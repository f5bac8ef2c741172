import type { RuleOutcomeRowFragment } from "../../../generated/pages/reconciliation/trials/trials.ts";
import { useFormats, useStrings } from "../../../language/language.tsx";
import { trialsStrings } from "./trials-strings.ts";

type RateBarsProps = { readonly before: RuleOutcomeRowFragment; readonly after: RuleOutcomeRowFragment };

/** Of the lines seen, those that each set of rules matches, those it leaves to people, and the rest, to one scale. */
export function RateBars({ before, after }: RateBarsProps) {
  const t = useStrings(trialsStrings);
  return (
    <div className="section">
      <Bar name={t.inForce} outcome={before} />
      <Bar name={t.tried} outcome={after} />
      <p className="rules__legend" aria-hidden="true">
        <span className="rules__key rules__key--matched">{t.matched}</span>
        <span className="rules__key rules__key--ambiguous">{t.ambiguous}</span>
        <span className="rules__key">{t.rest}</span>
      </p>
    </div>
  );
}

function Bar({ name, outcome }: { readonly name: string; readonly outcome: RuleOutcomeRowFragment }) {
  const t = useStrings(trialsStrings);
  const { number, percent } = useFormats();
  const { linesSeen, linesMatched, linesAmbiguous, matchRateBps } = outcome;
  const share = (lines: string) => (linesSeen === "0" ? 0 : (100 * Number(lines)) / Number(linesSeen));
  const rate = matchRateBps === null ? "–" : percent(matchRateBps / 10_000);
  return (
    <div className="rules__rate">
      <span>{name}</span>
      <div className="rules__bar" aria-hidden="true">
        <div className="rules__part rules__part--matched" style={{ width: `${share(linesMatched)}%` }} />
        <div className="rules__part rules__part--ambiguous" style={{ width: `${share(linesAmbiguous)}%` }} />
      </div>
      <strong className="number">{rate}</strong>
      <span className="soft rules__counts">
        {t.counts(number(BigInt(linesMatched)), number(BigInt(linesSeen)), number(BigInt(linesAmbiguous)))}
      </span>
    </div>
  );
}
