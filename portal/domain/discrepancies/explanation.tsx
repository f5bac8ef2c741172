import { useStrings } from "../../language/language.tsx";
import { discrepancyStrings } from "./discrepancy-strings.ts";

type ExplanationProps = {
  readonly type: string;
  /** What the graph says of this one, a sentence in English. */
  readonly details: string;
};

/** What a discrepancy means in the person's language, and then its details in the graph's words. */
export function Explanation({ type, details }: ExplanationProps) {
  const meanings: Readonly<Record<string, string>> = useStrings(discrepancyStrings).meanings;
  return (
    <>
      {meanings[type]}{" "}
      <span className="soft" lang="en">
        {details}
      </span>
    </>
  );
}
