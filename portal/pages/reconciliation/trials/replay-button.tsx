import { useMutation } from "urql";
import { Button } from "../../../design/button.tsx";
import { tell } from "../../../design/toast.tsx";
import { ReplayRunDocument } from "../../../generated/pages/reconciliation/trials/trials.ts";
import { useStrings } from "../../../language/language.tsx";
import { trialsStrings } from "./trials-strings.ts";

type ReplayButtonProps = { readonly runId: string; readonly onReplay: (id: string) => void };

export function ReplayButton({ runId, onReplay }: ReplayButtonProps) {
  const t = useStrings(trialsStrings);
  const [{ fetching }, replay] = useMutation(ReplayRunDocument);
  const begin = async () => {
    const { data, error } = await replay({ id: runId });
    const outcome = data?.outcome;
    if (outcome?.__typename === "RunReplay") return onReplay(outcome.id);
    tell(outcome?.message ?? error?.graphQLErrors[0]?.message ?? t.failed, { isBad: true });
  };
  return (
    <Button data-row disabled={fetching} onClick={() => void begin()}>
      {t.replayIt}
    </Button>
  );
}
