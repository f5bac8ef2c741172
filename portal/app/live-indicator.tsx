import { useLiveState } from "../graph/live.ts";
import { useStrings } from "../language/language.tsx";
import { shellStrings } from "./shell-strings.ts";

/** Whether what is shown follows what happens. Nothing where a page follows nothing. */
export function LiveIndicator() {
  const t = useStrings(shellStrings);
  const state = useLiveState();
  return (
    <span className={`live live--${state}`} role="status">
      {state !== "idle" && (
        <>
          <span className="live__dot" aria-hidden="true" />
          {t.live[state]}
        </>
      )}
    </span>
  );
}
