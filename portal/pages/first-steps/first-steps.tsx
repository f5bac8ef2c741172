import type { ReactNode } from "react";
import { Link } from "../../app/link.tsx";
import { ICONS, Icon } from "../../design/icon.tsx";
import { Spinner } from "../../design/progress.tsx";
import { useStrings } from "../../language/language.tsx";
import { firstStepsStrings } from "./first-steps-strings.ts";
import { SampleStep } from "./sample-step.tsx";
import { useFirstSteps } from "./use-first-steps.ts";
import "./first-steps.css";

/** What to do first, each step ticked once it has happened. Stands in the place of lists that have nothing yet. */
export function FirstSteps() {
  const t = useStrings(firstStepsStrings);
  const state = useFirstSteps();
  if (!state.isKnown) return <Spinner label={t.loading} />;
  const { samples, hasMerchant, mayInvite, hasFile, isDelivered, hasPeople } = state;
  return (
    <section className="first-steps" aria-label={t.title}>
      <p className="soft">{hasFile || (samples && samples.state !== "ABSENT") ? t.begun : t.intro}</p>
      <ol>
        {samples && (
          <Step isDone={samples.state === "LOADED"} title={t.samples} text={t.samplesText}>
            <SampleStep samples={samples} administrated={state.administrated} onDone={state.reload} />
          </Step>
        )}
        <Step isDone={hasFile} title={t.file} text={t.fileText}>
          <Link className="button" href="/settlement-files">
            {t.bringFile}
          </Link>
        </Step>
        <Step isDone={isDelivered} title={t.deliver} text={t.deliverText}>
          {mayInvite && hasMerchant && (
            <Link className="button" href="/users?view=machines">
              {t.makeKey}
            </Link>
          )}
          <Link className="button" href="/developers">
            {t.addresses}
          </Link>
        </Step>
        {mayInvite && (
          <Step isDone={hasPeople} title={t.people} text={hasMerchant ? t.peopleText : t.noMerchant}>
            {hasMerchant && (
              <Link className="button" href="/users">
                {t.invite}
              </Link>
            )}
          </Step>
        )}
      </ol>
    </section>
  );
}

type StepProps = {
  readonly isDone: boolean;
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
};

function Step({ isDone, title, text, children }: StepProps) {
  const t = useStrings(firstStepsStrings);
  return (
    <li className="first-steps__step panel" data-done={isDone}>
      <span className="first-steps__mark">
        {isDone && <Icon path={ICONS.check} />}
        <span className="visually-hidden">{isDone ? t.done : t.toDo}</span>
      </span>
      <div className="first-steps__text">
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
      <div className="first-steps__acts">{children}</div>
    </li>
  );
}
