import { useEffect } from "react";
import type { AnyVariables, DocumentInput } from "urql";
import type { TrialProgressFragment } from "../../../generated/pages/reconciliation/trials/trials.ts";
import { useGraph } from "../../../graph/use-graph.ts";

const PAUSE_MS = 1_000;

/** What is worked out elsewhere, asked for every second until it has ended: nothing tells of it by itself. */
export function useTrial<Data, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
  variables: Variables,
  stateOf: (data: Data) => TrialProgressFragment | undefined,
) {
  const asked = useGraph(document, variables);
  const { data, fetching, reload } = asked;
  const status = data && stateOf(data)?.status;
  const isOver = status === "SUCCEEDED" || status === "FAILED" || (!fetching && status === undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: one pause after each answer
  useEffect(() => {
    if (isOver || fetching) return;
    const timer = setTimeout(reload, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [isOver, fetching, data]);
  return asked;
}
