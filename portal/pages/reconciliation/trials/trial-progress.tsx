import { ICONS, Icon } from "../../../design/icon.tsx";
import { Progress } from "../../../design/progress.tsx";
import type { TrialProgressFragment } from "../../../generated/pages/reconciliation/trials/trials.ts";
import { useStrings } from "../../../language/language.tsx";
import { trialsStrings } from "./trials-strings.ts";

/** How far the working out is, or why it failed. */
export function TrialProgress({ state }: { readonly state: TrialProgressFragment }) {
  const t = useStrings(trialsStrings);
  const { status, problem, partitionsTotal, partitionsDone } = state;
  if (status === "FAILED") {
    return (
      <p className="notice notice--bad" role="alert">
        <Icon path={ICONS.dispute} />
        {problem ?? t.failed}
      </p>
    );
  }
  const parts = partitionsTotal ?? 0;
  return (
    <div className="section">
      <p role="status">{parts === 0 ? t.queued : t.partsDone(partitionsDone, parts)}</p>
      <Progress label={t.progress} ratio={parts === 0 ? 0 : partitionsDone / parts} />
    </div>
  );
}
