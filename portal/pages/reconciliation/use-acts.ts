import { useState } from "react";
import { useMutation } from "urql";
import {
  AssignDiscrepancyDocument,
  CommentDiscrepancyDocument,
  type Resolution,
  ResolveDiscrepancyDocument,
  SnoozeDiscrepancyDocument,
} from "../../generated/pages/reconciliation/discrepancies.ts";
import { useActKey } from "../../graph/use-act-key.ts";
import type { Act, DiscrepancyFull } from "./discrepancy.ts";
import { useRefusal } from "./matches/use-refusal.ts";

type Given = {
  readonly text: string;
  readonly days: number;
  /** Nobody where it is empty. */
  readonly assignee: string;
  readonly resolution: Resolution;
};

const DAY_MS = 86_400_000;

/** Why something was not done. Where another person was first, the row is to be read again. */
type Refused = { readonly message: string; readonly isStale: boolean };

/** What can be done about a discrepancy. `carryOut` answers why it was not done; undefined where it was. */
export function useActs({ id: discrepancyId, version: expectedVersion }: DiscrepancyFull) {
  const keyFor = useActKey();
  const wordsOf = useRefusal();
  // One time for all tries: a second one with another end would be another act.
  const [askedAt] = useState(Date.now);
  const [assigned, assign] = useMutation(AssignDiscrepancyDocument);
  const [commented, comment] = useMutation(CommentDiscrepancyDocument);
  const [snoozed, snooze] = useMutation(SnoozeDiscrepancyDocument);
  const [resolved, resolve] = useMutation(ResolveDiscrepancyDocument);
  const ask = (act: Act, given: Given) => {
    const { text, days, assignee, resolution } = given;
    const idempotencyKey = keyFor({ act, given, expectedVersion });
    const about = { discrepancyId, expectedVersion, idempotencyKey };
    switch (act) {
      case "assign":
        return assign({ input: { ...about, ...(assignee !== "" && { assigneeId: assignee }) } });
      case "comment":
        return comment({ input: { ...about, text } });
      case "snooze":
        return snooze({ input: { ...about, until: new Date(askedAt + days * DAY_MS).toISOString() } });
      case "resolve":
        return resolve({ input: { ...about, resolution, reason: text } });
    }
  };
  return {
    fetching: [assigned, commented, snoozed, resolved].some(({ fetching }) => fetching),
    carryOut: async (act: Act, given: Given): Promise<Refused | undefined> => {
      const { data, error } = await ask(act, given);
      const outcome = data?.outcome;
      if (outcome?.__typename === "Discrepancy") return undefined;
      return { message: wordsOf(outcome, error), isStale: outcome?.__typename === "VersionConflict" };
    },
  };
}
