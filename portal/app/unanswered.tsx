import type { CombinedError } from "urql";
import { Button } from "../design/button.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { ICONS } from "../design/icon.tsx";
import { codesOf } from "../graph/client.ts";
import { useStrings } from "../language/language.tsx";
import { shellStrings } from "./shell-strings.ts";

type UnansweredProps = { readonly error: CombinedError | undefined; readonly onAgain: () => void };

/** In the place of what the graph did not give: because the person may not see it, or because it is not there to ask. */
export function Unanswered({ error, onAgain }: UnansweredProps) {
  const t = useStrings(shellStrings);
  if (error && codesOf(error).includes("FORBIDDEN")) {
    return (
      <EmptyState icon={ICONS.person} title={t.nothingOpen}>
        <p>{t.nothingOpenAdvice}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={ICONS.plug} title={t.unreachable}>
      <p>{t.unreachableAdvice}</p>
      <Button onClick={onAgain}>{t.again}</Button>
    </EmptyState>
  );
}
