import { useStrings } from "../../../language/language.tsx";
import { typeName } from "../type-name.ts";
import { trialsStrings } from "./trials-strings.ts";

/** A stage of matching in the person's words. */
export function useStageName(): (stage: string) => string {
  const t = useStrings(trialsStrings);
  return (stage) => typeName(stage, t.stageNames);
}
