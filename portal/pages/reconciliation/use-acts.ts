import { useState } from "react";
import { useMutation } from "urql";
import {
  AssignDiscrepancyDocument,
  CommentDiscrepancyDocument,
  type Resolution,
  ResolveDiscrepancyDocument,
  SnoozeDiscrepancyDocument,
} from "../../generated/pages/reconciliation/discrepancies.ts";
import { newIdempotencyKey } from "../../graph/idempotency-key.ts";
import type { Act, DiscrepancyFull } from "./discrepancy.ts";

type Given = {
  readonly text: string;
  readonly days: number;
  /** Nobody where it is empty. */
  readonly assignee: string;
  readonly resolution: Resolution;
};

const DAY_MS = 86_400_000;

/** What can be done about a discrepancy. `carryOut` answers why it was not done; undefined where it was. */
export function useActs({ id: discrepancyId, version: expectedVersion }: DiscrepancyFull) {
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [assigned, assign] = useMutation(AssignDiscrepancyDocument);
  const [commented, comment] = useMutation(CommentDiscrepancyDocument);
  const [snoozed, snooze] = useMutation(SnoozeDiscrepancyDocument);
  const [resolved, resolve] = useMutation(ResolveDiscrepancyDocument);
  const about = { discrepancyId, expectedVersion, idempotencyKey };
  const ask = (act: Act, { text, days, assignee, resolution }: Given) => {
    switch (act) {
      case "assign":
        return assign({ input: { ...about, ...(assignee !== "" && { assigneeId: assignee }) } });
      case "comment":
        return comment({ input: { ...about, text } });
      case "snooze":
        return snooze({ input: { ...about, until: new Date(Date.now() + days * DAY_MS).toISOString() } });
      case "resolve":
        return resolve({ input: { ...about, resolution, reason: text } });
    }
  };
  return {
    fetching: [assigned, commented, snoozed, resolved].some(({ fetching }) => fetching),
    carryOut: async (act: Act, given: Given): Promise<string | undefined> => {
      const { data, error } = await ask(act, given);
      const outcome = data?.outcome;
      if (outcome?.__typename === "Discrepancy") return undefined;
      return outcome?.message ?? error?.graphQLErrors[0]?.message ?? "";
    },
  };
}
