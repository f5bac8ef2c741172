import { useMutation } from "urql";
import {
  type ScheduleReconciliationInput,
  SetScheduleDocument,
} from "../../../generated/pages/reconciliation/schedules/schedules.ts";
import { useStrings } from "../../../language/language.tsx";
import { schedulesStrings } from "./schedules-strings.ts";

/** Sets a schedule; answers why it was not set, undefined where it was. Sent again after a lost answer, it is the same. */
export function useSetSchedule() {
  const t = useStrings(schedulesStrings);
  const [{ fetching }, setSchedule] = useMutation(SetScheduleDocument);
  const set = async (input: ScheduleReconciliationInput): Promise<string | undefined> => {
    const { data, error } = await setSchedule({ input });
    const outcome = data?.outcome;
    if (outcome?.__typename === "ReconciliationSchedule") return undefined;
    return outcome?.message ?? error?.graphQLErrors[0]?.message ?? t.notDone;
  };
  return { fetching, set };
}
