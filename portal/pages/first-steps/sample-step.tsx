import { useState } from "react";
import { FormDialog } from "../../accounts/form-dialog.tsx";
import { useChange } from "../../accounts/use-change.ts";
import { Link } from "../../app/link.tsx";
import { Button } from "../../design/button.tsx";
import { tell } from "../../design/toast.tsx";
import {
  ClearSampleDataDocument,
  LoadSampleDataDocument,
  type SamplesQuery,
} from "../../generated/pages/first-steps/first-steps.ts";
import { useStrings } from "../../language/language.tsx";
import { firstStepsStrings } from "./first-steps-strings.ts";

type SampleStepProps = {
  readonly samples: NonNullable<SamplesQuery["sampleData"]>;
  readonly administrated: string;
  readonly onDone: () => void;
};

/** Loads the sample merchant, tells how far it is, and clears it. */
export function SampleStep({ samples, administrated, onDone }: SampleStepProps) {
  const t = useStrings(firstStepsStrings);
  const [isAsking, setAsking] = useState(false);
  const loading = useChange(LoadSampleDataDocument);
  const clearing = useChange(ClearSampleDataDocument);
  const load = async () => {
    const { problem } = await loading.send({ merchantId: administrated });
    if (problem !== undefined) tell(problem, { isBad: true });
    onDone();
  };
  const clear = async () => {
    const { problem } = await clearing.send({ merchantId: samples.merchantId });
    if (problem !== undefined) return problem;
    tell(t.cleared);
    setAsking(false);
    onDone();
    return undefined;
  };
  if (samples.state === "ABSENT") {
    return (
      <Button look="primary" disabled={loading.fetching} onClick={() => void load()}>
        {t.load}
      </Button>
    );
  }
  if (samples.state === "LOADING") {
    return (
      <p className="first-steps__reading" role="status">
        <span className="spinner" aria-hidden="true" />
        {t.reading}
      </p>
    );
  }
  return (
    <>
      <Link className="button" href="/transactions">
        {t.look}
      </Link>
      <Button look="danger" onClick={() => setAsking(true)}>
        {t.clear}
      </Button>
      {isAsking && (
        <FormDialog
          title={t.clear}
          action={t.clear}
          look="danger"
          isBusy={clearing.fetching}
          onClose={() => setAsking(false)}
          onSave={clear}
        >
          <p>{t.clearHint}</p>
        </FormDialog>
      )}
    </>
  );
}
