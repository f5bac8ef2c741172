import type { CombinedError } from "urql";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ICONS } from "../../design/icon.tsx";
import { codesOf } from "../../graph/client.ts";
import { useMay } from "../../graph/viewer.tsx";
import { FirstSteps } from "../first-steps/first-steps.tsx";
import { useTransactionWords } from "./words.ts";

type NothingProps = {
  readonly error: CombinedError | undefined;
  /** Whether it was asked as of a moment that is past. */
  readonly isPast: boolean;
  readonly isFiltered: boolean;
  readonly onAgain: () => void;
};

/** In the place of a list without rows, and why it has none. */
export function Nothing({ error, isPast, isFiltered, onAgain }: NothingProps) {
  const t = useTransactionWords();
  const mayBegin = useMay("SETTLEMENTS", "UPLOAD");
  if (!error && !isPast && !isFiltered && mayBegin) return <FirstSteps />;
  if (!error) {
    return (
      <EmptyState icon={ICONS.search} title={t.nothing}>
        <p>{t.nothingAdvice}</p>
      </EmptyState>
    );
  }
  // What the page asks for is made by it, so the moment alone can be one that the graph knows nothing of.
  if (isPast && codesOf(error).includes("INVALID_INPUT")) {
    return (
      <EmptyState icon={ICONS.past} title={t.past.unknown}>
        <p>{t.past.unknownAdvice}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={ICONS.search} title={t.failed}>
      <Button onClick={onAgain}>{t.again}</Button>
    </EmptyState>
  );
}
