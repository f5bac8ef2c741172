import type { CombinedError } from "urql";
import type { Money } from "../../../language/formats.ts";
import { useFormats, useStrings } from "../../../language/language.tsx";
import { matchesStrings } from "./matches-strings.ts";

/** What a mutation answers where it did nothing, by the name of its type. */
type Refusal = {
  readonly __typename: string;
  readonly message?: string;
  readonly lines?: Money;
  readonly transactions?: Money;
};

/** Why nothing was done, in the person's language; what is newer than these pages in the graph's own words. */
export function useRefusal() {
  const t = useStrings(matchesStrings);
  const { money } = useFormats();
  return (outcome: Refusal | null | undefined, error: CombinedError | undefined): string => {
    if (!outcome) return error?.graphQLErrors[0]?.message ?? t.notDone;
    const { __typename: name, message, lines, transactions } = outcome;
    if (lines && transactions) return t.amountsDiffer(money(lines), money(transactions));
    const known: Readonly<Record<string, string>> = t.refusals;
    const words = known[name];
    // Of what can never be matched there are many kinds, and the graph alone knows which.
    if (name === "NotMatchable") return `${words} ${message}`;
    return words ?? message ?? t.notDone;
  };
}
